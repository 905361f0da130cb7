import { expect, it } from '@jest/globals';
import { LeadReceived } from '@relance/events';
import fc from 'fast-check';
import { foldSubmission, unheardLead } from './lead-state.js';
import type { LeadState } from './lead-state.js';

const leadId = '0192f3c0-0000-7000-8000-000000000001' as LeadState['leadId'];

function submission(revision: number, asksForContact = false): LeadReceived {
  return LeadReceived.data.parse({
    leadId,
    submissionId: `0192f3c0-0000-7000-8000-0000000001${String(revision).padStart(2, '0')}`,
    revision,
    sourceKey: 'site',
    facts: {
      person: { fullName: `Ada ${revision}` },
      company: {},
      request: {},
      attribution: { sourceKey: 'site' },
      consents: [],
      test: false,
      occurredAt: '2026-11-20T10:00:00Z',
      receivedAt: '2026-11-20T10:00:00Z',
    },
    asks: { asksForContact },
    test: false,
  });
}

it('ends with the newest submission, in whatever order they come and however often', () => {
  const received = [1, 2, 3, 4].map((revision) => submission(revision, revision === 4));
  const orders = fc.shuffledSubarray([...received, ...received], { minLength: 8 });

  fc.assert(
    fc.property(orders, (order) => {
      const ended = order.reduce((lead, each) => foldSubmission(lead, each, 'story'), unheardLead(leadId));
      expect(ended).toMatchObject({ factsRevision: 4, asksForContact: true, facts: { person: { fullName: 'Ada 4' } } });
    }),
  );
});

it('brings nobody back who was forgotten', () => {
  const erased: LeadState = { ...unheardLead(leadId), isErased: true };

  expect(foldSubmission(erased, submission(1), 'story')).toBe(erased);
});

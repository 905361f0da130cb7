import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LeadFacts, SourceKey } from '@relance/lead';
import { joinFacts } from './join-facts.js';

const facts = (over: Partial<LeadFacts> = {}, at = '2026-11-20T10:00:00.000Z'): LeadFacts => ({
  person: {},
  company: {},
  request: {},
  attribution: {
    sourceKey: 'site' as SourceKey,
    firstTouch: { at, sourceKey: 'site' as SourceKey },
    lastTouch: { at, sourceKey: 'site' as SourceKey },
  },
  consents: [],
  test: false,
  occurredAt: at,
  receivedAt: at,
  ...over,
});
const later = '2026-11-21T10:00:00.000Z';
const known = (over: Partial<LeadFacts>) => ({ facts: facts(over), alternatives: [] });

describe('what a public form says', () => {
  it('fills what is empty', () => {
    const { facts: joined, alternatives } = joinFacts(
      known({ person: { email: 'a@x.org' } }),
      facts({ person: { email: 'a@x.org', phone: '+1', fullName: 'Ada' } }),
      'public',
    );
    expect(joined.person).toEqual({ email: 'a@x.org', phone: '+1', fullName: 'Ada' });
    expect(alternatives).toEqual([]);
  });

  it('never changes a phone number; it is kept beside, once', () => {
    const said = facts({ person: { phone: '+2' } }, later);
    const once = joinFacts(known({ person: { phone: '+1' } }), said, 'public');
    expect(once.facts.person.phone).toBe('+1');
    expect(once.alternatives).toEqual([{ path: 'person.phone', value: '+2', at: later, sourceKey: 'site' }]);
    expect(joinFacts(once, said, 'public').alternatives).toHaveLength(1);
  });

  it('does not mix two companies', () => {
    const { facts: joined, alternatives } = joinFacts(
      known({ company: { name: 'Engines', domain: 'engines.example' } }),
      facts({ company: { name: 'Looms', website: 'https://looms.example', domain: 'looms.example' } }),
      'public',
    );
    expect(joined.company).toEqual({ name: 'Engines', domain: 'engines.example' });
    expect(alternatives.map(({ path }) => path)).toEqual(['company.name', 'company.website', 'company.domain']);
  });

  it('is the newest word on what they ask for', () => {
    const { facts: joined } = joinFacts(
      known({
        request: {
          message: 'one',
          asksForContact: true,
          answers: [
            { question: 'size', answer: 's' },
            { question: 'colour', answer: 'red' },
          ],
        },
      }),
      facts({ request: { message: 'two', answers: [{ question: 'size', answer: 'm' }] } }),
      'public',
    );
    expect(joined.request).toEqual({
      message: 'two',
      asksForContact: true,
      answers: [
        { question: 'size', answer: 'm' },
        { question: 'colour', answer: 'red' },
      ],
    });
  });

  it('keeps the first touch and moves the last', () => {
    const { attribution } = joinFacts(known({}), facts({}, later), 'public').facts;
    expect([attribution.firstTouch?.at, attribution.lastTouch?.at]).toEqual(['2026-11-20T10:00:00.000Z', later]);
  });

  it('flags what stands and did not normalise, and nothing else', () => {
    const { facts: joined } = joinFacts(
      known({ person: { phone: 'later', country: 'Atlantis' }, flagged: ['person.phone', 'person.country'] }),
      facts({ person: { email: 'nonsense', phone: 'never' }, flagged: ['person.email', 'person.phone'] }),
      'public',
    );
    expect(joined.flagged?.toSorted()).toEqual(['person.country', 'person.email', 'person.phone']);
  });
});

it('what is vouched for replaces', () => {
  const joined = joinFacts(
    known({ person: { phone: 'x', jobTitle: 'CTO' }, flagged: ['person.phone'] }),
    facts({ person: { phone: '+2' } }),
    'vouched',
  );
  expect(joined.facts.person).toEqual({ phone: '+2', jobTitle: 'CTO' });
  expect(joined.facts.flagged).toBeUndefined();
  expect(joined.alternatives).toEqual([]);
});

it('keeps the latest word of a consent per purpose', () => {
  const yes = { purpose: 'marketing', granted: true, at: '2026-11-20T10:00:00.000Z' };
  const no = { purpose: 'marketing', granted: false, at: later };
  const sms = { purpose: 'sms', granted: true, at: later };
  expect(joinFacts(known({ consents: [yes, sms] }), facts({ consents: [no] }), 'public').facts.consents).toEqual([
    no,
    sms,
  ]);
});

describe('a test', () => {
  it('says nothing about a real lead', () => {
    const real = known({ person: { fullName: 'Ada' } });
    expect(joinFacts(real, facts({ test: true, person: { phone: '+9' } }), 'public')).toEqual(real);
  });

  it('gives way to the first real submission', () => {
    const { facts: joined, alternatives } = joinFacts(
      known({ test: true, person: { fullName: 'Test' } }),
      facts({ person: { fullName: 'Ada' } }),
      'public',
    );
    expect(joined).toMatchObject({ test: false, person: { fullName: 'Ada' } });
    expect(alternatives).toEqual([]);
  });

  it('is what a lead is when all its submissions are, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1 }), (tests) => {
        const [first, ...rest] = tests.map((test) => facts({ test })) as [LeadFacts, ...LeadFacts[]];
        const joined = rest.reduce((lead, said) => joinFacts(lead, said, 'public'), {
          facts: first,
          alternatives: [],
        } as Parameters<typeof joinFacts>[0]);
        expect(joined.facts.test).toBe(tests.every(Boolean));
      }),
    );
  });
});

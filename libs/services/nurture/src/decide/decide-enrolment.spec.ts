import { expect, it } from '@jest/globals';
import type { LeadFacts } from '@relance/lead';
import { decideEnrolment } from './decide-enrolment.js';
import { starterTrack } from './starter-track.js';

const now = new Date('2026-11-25T10:00:00Z');
const facts = (over: Partial<LeadFacts> = {}): LeadFacts =>
  ({ person: { email: 'ada@example.org', country: 'GU' }, test: false, ...over }) as LeadFacts;

it.each([
  { what: 'an hour after it came', decision: { kind: 'enrol', stepIndex: 1, dueAt: new Date('2026-11-25T11:00:00Z') } },
  {
    what: 'an hour into the day it is to be looked at again, where it lives',
    resumeAt: '2027-02-01',
    decision: { kind: 'enrol', stepIndex: 1, dueAt: new Date('2027-01-31T15:00:00Z') },
  },
  {
    what: 'not before now for a date that is past',
    resumeAt: '2026-02-01',
    decision: { kind: 'enrol', stepIndex: 1, dueAt: new Date('2026-11-25T11:00:00Z') },
  },
  { what: 'never for a test', facts: facts({ test: true }), decision: { kind: 'refuse', reason: 'test-lead' } },
  {
    what: 'never without an address',
    facts: facts({ person: {} }),
    decision: { kind: 'refuse', reason: 'no-address' },
  },
  { what: 'never without a track', track: null, decision: { kind: 'refuse', reason: 'no-track' } },
  { what: 'never twice', hasHadTrack: true, decision: { kind: 'refuse', reason: 'had-this-track' } },
  {
    what: 'never by a track without letters',
    track: { ...starterTrack, steps: [{ exit: true as const }] },
    decision: { kind: 'refuse', reason: 'nothing-to-send' },
  },
])('begins a track $what', ({ decision, ...given }) => {
  const asked = { facts: facts(), resumeAt: undefined, track: starterTrack, hasHadTrack: false, ...given };
  expect(decideEnrolment(asked, asked.track, asked.hasHadTrack, 'UTC', now)).toEqual(decision);
});

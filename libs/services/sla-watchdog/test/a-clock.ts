import type { RecordedContact, SlaClock } from '../src/decide/sla-clock.js';

export const start = new Date('2026-11-23T10:00:00.000Z');

/** Milliseconds after the start. */
export const at = (milliseconds: number): Date => new Date(start.getTime() + milliseconds);
export const minutes = (count: number): number => count * 60_000;

const ids = {
  clock: '00000000-0000-4000-8000-000000000001',
  lead: '00000000-0000-4000-8000-000000000002',
  assignment: '00000000-0000-4000-8000-000000000003',
  event: '00000000-0000-4000-8000-000000000004',
};

/** A promise of thirty minutes that started at `start`, at position 100. */
export function aClock(over: Partial<SlaClock> = {}): SlaClock {
  return {
    id: ids.clock,
    leadId: ids.lead,
    policy: 'follow-up',
    policyVersion: 1,
    milestone: 'first-follow-up',
    startsOn: 'assigned',
    assignmentId: ids.assignment,
    round: 1,
    submissionId: null,
    holdingId: null,
    member: 'lea',
    team: 'north',
    state: 'open',
    startedAt: start,
    startedPosition: 100,
    dueAt: at(minutes(30)),
    metBy: { evidence: 'C' },
    trustMs: minutes(15),
    counts: 'elapsed',
    calendarId: null,
    explanation: '',
    breachedAt: null,
    answeredAt: null,
    pausedAt: null,
    correlationId: ids.event,
    causedBy: ids.event,
    ...over,
  } as SlaClock;
}

let position = 100;

/** A call of the round, recorded at a moment; stated to be made then unless said otherwise. */
export function aContact(recordedAt: Date, over: Partial<RecordedContact> = {}): RecordedContact {
  position += 1;
  return {
    contactId: `00000000-0000-4000-9000-${String(position).padStart(12, '0')}`,
    leadId: ids.lead,
    round: 1,
    grade: 'C',
    channel: 'call',
    statedAt: recordedAt,
    recordedAt,
    position,
    recordedBy: 'lea',
    ...over,
  } as RecordedContact;
}

import { isAtLeast } from '@relance/lead';
import type { Grade } from '@relance/lead';
import type { ClockChange, RecordedContact, SlaClock } from './sla-clock.js';

/** What answers a promise, and when it took effect. */
export interface Answer {
  readonly at: Date;
  /** Who or what gave it: who recorded the contact, `assigned`, or the move of the stage. */
  readonly by: string;
  readonly grade?: Grade;
}

/**
 * When a contact counts as made.
 *
 * The stated time is believed when it lies at most `trustMs` before the recording: a call is logged when it ends.
 * Anything else counts from its recording, by the log's clock.
 */
export function effectiveAt(contact: Pick<RecordedContact, 'statedAt' | 'recordedAt'>, trustMs: number): Date {
  const ago = contact.recordedAt.getTime() - contact.statedAt.getTime();
  return ago >= 0 && ago <= trustMs ? contact.statedAt : contact.recordedAt;
}

/**
 * The answer that a lead's contacts give to a promise, or null while they give none.
 *
 * A function of the set of contacts: their order, and that of the clock's start among them, does not matter.
 */
export function findAnswer(clock: SlaClock, contacts: readonly RecordedContact[]): Answer | null {
  if (!('evidence' in clock.metBy) && !('contacts' in clock.metBy)) return null;
  const inOrder = contacts
    .map((contact) => ({ contact, at: effectiveAt(contact, clock.trustMs) }))
    .filter(({ contact, at }) => isAbout(clock, contact, at))
    .sort((one, other) => one.at.getTime() - other.at.getTime() || one.contact.position - other.contact.position);

  if ('evidence' in clock.metBy) {
    const { evidence } = clock.metBy;
    const first = inOrder.find(({ contact }) => isAtLeast(contact.grade, evidence));
    return first ? answerOf(first) : null;
  }

  const missing = new Map(clock.metBy.contacts.map(({ channel, atLeast }) => [channel, atLeast]));
  for (const made of inOrder) {
    const { channel } = made.contact;
    const still = (missing.get(channel) ?? 0) - 1;
    if (still > 0) missing.set(channel, still);
    else missing.delete(channel);
    if (missing.size === 0) return answerOf(made);
  }
  return null;
}

/**
 * What an answer does to a promise.
 *
 * In time, it meets it, or withdraws a breach that was told. Too late, it is noted once; a clock that is still open then
 * stays so, and the next firing breaks it: late is late, whoever was faster.
 *
 * @returns null when nothing changes: a repeat, or a clock that is over.
 */
export function decideAnswer(clock: SlaClock, answer: Answer, recordedAt: Date): ClockChange | null {
  const data = { by: answer.by, ...(answer.grade === undefined ? {} : { grade: answer.grade }) };
  const change = { clockId: clock.id, state: clock.state, metAt: null, answeredAt: clock.answeredAt };
  const line = { at: answer.at, recordedAt };
  const isInTime = answer.at <= clock.dueAt || (clock.pausedAt !== null && answer.at >= clock.pausedAt);

  switch (clock.state) {
    case 'met':
    case 'stopped':
    case 'withdrawn':
      return null;
    case 'open':
    case 'paused':
      if (isInTime) {
        return {
          ...change,
          state: 'met',
          metAt: answer.at,
          settledAt: recordedAt,
          line: { ...line, kind: 'met', data },
        };
      }
      break;
    case 'breached':
      if (isInTime) {
        const told = { ...data, breachedAt: clock.breachedAt?.toISOString() };
        return {
          ...change,
          state: 'withdrawn',
          metAt: answer.at,
          settledAt: recordedAt,
          line: { ...line, kind: 'withdrawn', data: told },
        };
      }
      break;
  }
  if (clock.answeredAt !== null) return null;
  const lateByMs = answer.at.getTime() - clock.dueAt.getTime();
  return {
    ...change,
    answeredAt: answer.at,
    settledAt: clock.state === 'breached' ? recordedAt : null,
    line: { ...line, kind: 'answered-late', data: { ...data, lateByMs } },
  };
}

/**
 * A contact of the round, or of a later one, answers its promises wherever it stands in the log: also one made for the
 * owner before. A promise to a submission is answered by what is recorded after it. After a merge, where rounds of two
 * leads cannot be compared, what was made since the start counts.
 */
function isAbout(clock: SlaClock, contact: RecordedContact, at: Date): boolean {
  if (at >= clock.startedAt) return true;
  if (contact.leadId !== clock.leadId) return false;
  return clock.round === null ? contact.position > clock.startedPosition : contact.round >= clock.round;
}

function answerOf({ contact, at }: { contact: RecordedContact; at: Date }): Answer {
  return { at, by: contact.recordedBy, grade: contact.grade };
}

import { isWorked } from '@relance/lead';
import type { AssignmentId, Stage } from '@relance/lead';
import { decideAnswer } from './decide-answer.js';
import type { ClockChange, SlaClock } from './sla-clock.js';

/** A move of the lead, as far as promises care. */
export interface StageMoved {
  readonly move: string;
  readonly to: Stage;
  readonly assignmentId: AssignmentId | null;
  readonly endsAssignment: boolean;
}

const outcomes: ReadonlySet<string> = new Set(['qualify', 'won', 'lost', 'return', 'reject', 'stop']);

/** What the owner says about the lead; the other moves are verdicts, acceptance, and what routing does by itself. */
export function isOutcome(move: string): boolean {
  return outcomes.has(move);
}

/**
 * What a move of the lead does to one of its promises.
 *
 * An outcome keeps the promise to record one. A lead that nobody works on any more is owed nothing: all its promises
 * end. One that only changes hands keeps what it was promised as a lead; the promises of the assignment end, and a
 * breach goes on escalating until somebody answers.
 */
export function decideEnd(clock: SlaClock, moved: StageMoved, recordedAt: Date): ClockChange | null {
  const isOfAssignment = moved.assignmentId === null || clock.assignmentId === moved.assignmentId;
  if ('stageChange' in clock.metBy && isOfAssignment && isOutcome(moved.move)) {
    return decideAnswer(clock, { at: recordedAt, by: moved.move }, recordedAt);
  }
  if (!isWorked(moved.to)) return decideStop(clock, moved.move, recordedAt);
  const isEnded = moved.endsAssignment && clock.assignmentId !== null && clock.assignmentId === moved.assignmentId;
  return isEnded && clock.state !== 'breached' ? decideStop(clock, moved.move, recordedAt) : null;
}

/** Ends a promise without an answer being owed. A breach stays one; only its further steps are called off. */
export function decideStop(clock: SlaClock, reason: string, recordedAt: Date): ClockChange | null {
  const line = { kind: 'stopped', at: recordedAt, recordedAt, data: { reason } } as const;
  const change = { clockId: clock.id, metAt: null, answeredAt: clock.answeredAt, settledAt: recordedAt, line };
  switch (clock.state) {
    case 'open':
    case 'paused':
      return { ...change, state: 'stopped' };
    case 'breached':
      return { ...change, state: 'breached' };
    case 'met':
    case 'stopped':
    case 'withdrawn':
      return null;
  }
}

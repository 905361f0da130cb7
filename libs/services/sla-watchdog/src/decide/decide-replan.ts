import { CalendarNeverOpens } from '@relance/working-time';
import type { FrozenCalendar } from '@relance/working-time';
import { addTime, timeBetween } from './plan-clock.js';

/** A step that has not happened yet. */
export interface WaitingStep {
  readonly step: number;
  readonly dueAt: Date;
}

/** A step that a pause holds, with the time it still had. */
export interface HeldStep {
  readonly step: number;
  readonly remainingMs: number;
}

/** The time each step still has when a clock is paused. Steps that are due already keep nothing. */
export function holdSteps(steps: readonly WaitingStep[], calendar: FrozenCalendar | null, at: Date): HeldStep[] {
  return steps.map(({ step, dueAt }) => ({ step, remainingMs: timeBetween(calendar, at, dueAt) }));
}

/** When each step is due after a pause: the time it still had is counted on from the end of the pause. */
export function resumeSteps(steps: readonly HeldStep[], calendar: FrozenCalendar | null, at: Date): WaitingStep[] {
  return steps.map(({ step, remainingMs }) => ({ step, dueAt: addOpenTime(calendar, at, remainingMs) }));
}

/**
 * When each step is due once another calendar counts.
 *
 * The time used until then stays used, by the calendar before; what is left is counted on the new one. What was due
 * already is not moved: a miss is not edited away.
 */
export function replanSteps(
  steps: readonly WaitingStep[],
  before: FrozenCalendar | null,
  after: FrozenCalendar | null,
  at: Date,
): WaitingStep[] {
  const ahead = steps.filter(({ dueAt }) => dueAt > at);
  return resumeSteps(holdSteps(ahead, before, at), after, at);
}

function addOpenTime(calendar: FrozenCalendar | null, at: Date, milliseconds: number): Date {
  try {
    return addTime(calendar, at, milliseconds);
  } catch (error) {
    if (!(error instanceof CalendarNeverOpens)) throw error;
    return addTime(null, at, milliseconds);
  }
}

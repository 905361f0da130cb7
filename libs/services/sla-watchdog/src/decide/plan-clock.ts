import { CalendarNeverOpens, addWorkingTime, explainDue, workingTimeBetween } from '@relance/working-time';
import type { FrozenCalendar } from '@relance/working-time';
import type { CompiledMilestone, StepPlan } from './compile-policy.js';

/** When each thing of a clock happens. */
export interface ClockPlan {
  readonly dueAt: Date;
  readonly explanation: string;
  readonly steps: readonly PlannedStep[];
}

export interface PlannedStep {
  readonly plan: StepPlan;
  readonly dueAt: Date;
}

/**
 * When a promise is due, and when its warnings and escalations are.
 *
 * Warnings count from the start, escalations from the due time, all on the milestone's own clock.
 *
 * @param calendar the owner's, for working time; a promise on a calendar that does not open any more counts in elapsed
 * time, because a promise that is never due is none.
 */
export function planClock(milestone: CompiledMilestone, startedAt: Date, calendar: FrozenCalendar | null): ClockPlan {
  const counted = milestone.counts === 'working' ? calendar : null;
  try {
    return planOn(milestone, startedAt, counted);
  } catch (error) {
    if (!(error instanceof CalendarNeverOpens)) throw error;
    const plan = planOn(milestone, startedAt, null);
    return { ...plan, explanation: `${plan.explanation}; counted without the calendar, which does not open any more` };
  }
}

function planOn(milestone: CompiledMilestone, startedAt: Date, calendar: FrozenCalendar | null): ClockPlan {
  const { dueAt, explanation } =
    calendar === null ? explainElapsed(milestone, startedAt) : explainDue(calendar, startedAt, milestone.withinMs);
  const dueOf = ({ kind, afterMs }: StepPlan): Date => {
    if (kind === 'breach') return dueAt;
    return addTime(calendar, kind === 'warn' ? startedAt : dueAt, afterMs);
  };
  return { dueAt, explanation, steps: milestone.steps.map((plan) => ({ plan, dueAt: dueOf(plan) })) };
}

/** Adds working time of a calendar, or elapsed time where there is none. @throws {CalendarNeverOpens} */
export function addTime(calendar: FrozenCalendar | null, start: Date, milliseconds: number): Date {
  if (calendar !== null) return addWorkingTime(calendar, start, milliseconds);
  return new Date(start.getTime() + milliseconds);
}

/** The time of a calendar, or elapsed time, from one moment to a later one; 0 when it is not later. */
export function timeBetween(calendar: FrozenCalendar | null, from: Date, to: Date): number {
  if (calendar !== null) return workingTimeBetween(calendar, from, to);
  return Math.max(0, to.getTime() - from.getTime());
}

function explainElapsed(milestone: CompiledMilestone, startedAt: Date): { dueAt: Date; explanation: string } {
  const dueAt = new Date(startedAt.getTime() + milestone.withinMs);
  const [start, due] = [startedAt, dueAt].map((at) =>
    at
      .toISOString()
      .replace('T', ' ')
      .replace(/(\.000)?Z$/, ' UTC'),
  );
  return {
    dueAt,
    explanation: `${milestone.startsOn} ${start}; elapsed time; + ${describeMs(milestone.withinMs)} = ${due}`,
  };
}

/** "1 d 2 h", "30 min", "1.5 s". */
export function describeMs(milliseconds: number): string {
  const parts = [
    [Math.floor(milliseconds / 86_400_000), 'd'],
    [Math.floor((milliseconds % 86_400_000) / 3_600_000), 'h'],
    [Math.floor((milliseconds % 3_600_000) / 60_000), 'min'],
    [(milliseconds % 60_000) / 1_000, 's'],
  ] as const;
  const said = parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount} ${unit}`);
  return said.length === 0 ? '0 s' : said.join(' ');
}

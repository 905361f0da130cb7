import type { TrackStep } from '@relance/api';
import { parseDuration } from '@relance/working-time';
import { startOfDate } from './lead-calendar.js';

/** `letter`: the letter of this step is due then. `end`: nothing more comes. */
export type StepDecision =
  | { readonly kind: 'letter'; readonly stepIndex: number; readonly template: string; readonly dueAt: Date }
  | { readonly kind: 'end' };

/**
 * What comes next in a track, from a step on, and when.
 *
 * Waits add up from `from`; a date that is past is no wait. Dates are the lead's own: they begin at midnight in its zone.
 */
export function decideStep(steps: readonly TrackStep[], stepIndex: number, from: Date, timeZone: string): StepDecision {
  let at = from;
  for (const [index, step] of steps.entries()) {
    if (index < stepIndex) continue;
    if ('exit' in step) return { kind: 'end' };
    if ('email' in step) return { kind: 'letter', stepIndex: index, template: step.email.template, dueAt: at };
    at =
      'wait' in step
        ? new Date(at.getTime() + parseDuration(step.wait))
        : later(at, startOfDate(step.waitUntil, timeZone));
  }
  return { kind: 'end' };
}

function later(one: Date, other: Date): Date {
  return one > other ? one : other;
}

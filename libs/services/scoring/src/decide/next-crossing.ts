import { engagementPointsAt } from './engagement-points.js';
import type { RuleMarks } from './engagement-points.js';

const hourMs = 3_600_000;

/**
 * The first millisecond after `nowMs` at which decay alone has taken the engagement below the next of the boundaries,
 * or null when none lies below it.
 *
 * Points never rise as time passes and end at 0, so the instant is found by doubling and halving: exact to the
 * millisecond, also where an engagement leaves its window and points fall at once.
 *
 * @param boundaries points from which something holds; 0 always holds and is passed over.
 */
export function nextCrossing(marks: readonly RuleMarks[], boundaries: readonly number[], nowMs: number): number | null {
  const points = engagementPointsAt(marks, nowMs);
  const boundary = Math.max(0, ...boundaries.filter((candidate) => candidate <= points));
  if (boundary === 0) return null;

  let holdsAt = nowMs;
  let stepMs = hourMs;
  while (engagementPointsAt(marks, nowMs + stepMs) >= boundary) {
    holdsAt = nowMs + stepMs;
    stepMs *= 2;
  }
  let belowAt = nowMs + stepMs;
  while (belowAt - holdsAt > 1) {
    const middle = holdsAt + Math.floor((belowAt - holdsAt) / 2);
    if (engagementPointsAt(marks, middle) >= boundary) holdsAt = middle;
    else belowAt = middle;
  }
  return belowAt;
}

import { CalendarNeverOpens } from './calendar-never-opens.js';
import type { FrozenCalendar } from './frozen-calendar.js';
import { openingHoursOf } from './opening-hours.js';
import { DAY_MS } from './zone-clock.js';

const TEN_YEARS_IN_DAYS = 3653;
const HUNDRED_YEARS_MS = 36_525 * DAY_MS;
const FIRST_INSTANT = Date.UTC(1900, 0, 1);
const LAST_INSTANT = Date.UTC(9999, 11, 31);

/** Is the calendar open at this moment? Its closing time is already closed. */
export function isOpenAt(calendar: FrozenCalendar, at: Date): boolean {
  const instant = instantOf(at);
  const hours = openingHoursOf(calendar);
  if (hours.neverCloses) return true;

  for (const segment of hours.segments(instant, instant + 1)) {
    if (segment.from <= instant) return true;
  }
  return false;
}

/** The earliest moment from `at` on at which the calendar is open: `at` itself when it is; null if none in ten years. */
export function nextOpening(calendar: FrozenCalendar, at: Date): Date | null {
  const instant = instantOf(at);
  const hours = openingHoursOf(calendar);
  if (hours.neverCloses) return new Date(instant);

  for (const segment of hours.segments(instant, instant + TEN_YEARS_IN_DAYS * DAY_MS)) {
    return new Date(Math.max(segment.from, instant));
  }
  return null;
}

/**
 * The moment at which `durationMs` of working time have passed since `start`: the earliest one, so a target that ends
 * at closing time is due at closing time. Time is real time passed, also when the clocks change.
 *
 * A start outside opening hours begins at the next opening; no time at all is due then too.
 *
 * @throws {CalendarNeverOpens} after ten years without an opening, or when a hundred years are not enough.
 */
export function addWorkingTime(calendar: FrozenCalendar, start: Date, durationMs: number): Date {
  const begin = instantOf(start);
  if (!Number.isInteger(durationMs) || durationMs < 0 || durationMs > HUNDRED_YEARS_MS) {
    throw new RangeError(`Not a duration in whole milliseconds: ${durationMs}`);
  }
  const hours = openingHoursOf(calendar);
  if (hours.neverCloses) return new Date(begin + durationMs);

  let remaining = durationMs;
  for (const segment of hours.segments(begin, begin + HUNDRED_YEARS_MS, TEN_YEARS_IN_DAYS)) {
    const from = Math.max(segment.from, begin);
    if (remaining <= segment.to - from) return new Date(from + remaining);
    remaining -= segment.to - from;
  }
  throw new CalendarNeverOpens();
}

/** The working time between two moments, in milliseconds; 0 when `b` is not after `a`. */
export function workingTimeBetween(calendar: FrozenCalendar, a: Date, b: Date): number {
  const [from, until] = [instantOf(a), instantOf(b)];
  if (until <= from) return 0;
  const hours = openingHoursOf(calendar);
  if (hours.neverCloses) return until - from;

  let total = 0;
  for (const segment of hours.segments(from, until)) {
    total += Math.min(segment.to, until) - Math.max(segment.from, from);
  }
  return total;
}

function instantOf(date: Date): number {
  const instant = date.getTime();
  if (!(instant >= FIRST_INSTANT && instant <= LAST_INSTANT))
    throw new RangeError('Not a moment between the years 1900 and 9999');
  return instant;
}

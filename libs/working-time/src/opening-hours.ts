import type { TimeInterval, Weekly } from './calendar.js';
import { WEEKDAYS } from './calendar.js';
import type { FrozenCalendar } from './frozen-calendar.js';
import type { ZoneClock } from './zone-clock.js';
import { DAY_MS, zoneClock } from './zone-clock.js';

const DAY_MINUTES = 24 * 60;
const MAX_REMEMBERED_DAYS = 512;

/** Open from `from` until just before `to`: moments, in milliseconds. */
export interface OpenSegment {
  readonly from: number;
  readonly to: number;
}

/** Wall-clock minutes after midnight of the day an interval belongs to; `to` is beyond 1440 when it ends the next day. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * A calendar made ready for counting: hours by day, and the days already worked out.
 *
 * Time is cut into days, each with the stretches it is open, in order and apart from each other. Whoever walks the days
 * meets every open moment once, however intervals overlap or run past midnight.
 */
export class OpeningHours {
  /** Open at every moment, so that nothing needs to be walked. */
  readonly neverCloses: boolean;

  private readonly clock: ZoneClock;
  private readonly week: readonly (readonly Span[])[];
  private readonly closed: ReadonlySet<number>;
  private readonly special: ReadonlyMap<number, readonly Span[]>;
  /** The last day on which something may be open, to spare the walk; null when the week goes on for ever. */
  private readonly lastDay: number | null;
  private readonly days = new Map<number, readonly OpenSegment[]>();

  constructor(calendar: FrozenCalendar) {
    this.clock = zoneClock(calendar.timeZone);
    this.week = spansOfWeek(calendar.weekly);
    this.closed = new Set(calendar.closedOn.map(dayNumberOf));
    this.special = new Map(
      calendar.specialDays.map(({ date, intervals }) => [dayNumberOf(date), intervals.map(spanOf)]),
    );
    this.neverCloses = calendar.weekly === 'always' && this.closed.size === 0 && this.special.size === 0;

    // An interval of the last special day ends the next day at the latest, or the day after if that one never was.
    const openDays = [...this.special].filter(([, spans]) => spans.length > 0).map(([day]) => day);
    this.lastDay = this.week.some((spans) => spans.length > 0) ? null : Math.max(-Infinity, ...openDays) + 2;
  }

  /**
   * The open stretches that end after `from` and begin before `until`, in order.
   *
   * Stops after `quietDays` days without any: a calendar that never opens again must not be walked for ever.
   */
  *segments(from: number, until: number, quietDays = Infinity): Generator<OpenSegment> {
    // A day early: when the clocks jump over midnight, a date's first minutes come before what we take for its begin.
    let day = this.clock.dayOf(from) - 1;
    const end = this.clock.dayOf(until) + 1;

    for (let quiet = 0; day <= end && quiet <= quietDays; day += 1, quiet += 1) {
      if (this.lastDay !== null && day > this.lastDay) return;
      for (const segment of this.segmentsOf(day)) {
        quiet = 0;
        if (segment.to > from && segment.from < until) yield segment;
      }
    }
  }

  private segmentsOf(day: number): readonly OpenSegment[] {
    const known = this.days.get(day);
    if (known !== undefined) return known;

    const segments = this.workOut(day);
    if (this.days.size >= MAX_REMEMBERED_DAYS) this.days.clear();
    this.days.set(day, segments);
    return segments;
  }

  private workOut(day: number): readonly OpenSegment[] {
    const begins = this.clock.instantOf(day, 0, 'first');
    const ends = this.clock.instantOf(day + 1, 0, 'first');

    // Shifts begun earlier reach in; so may tomorrow's, when the clocks jump over midnight (Toronto, 1919).
    const reaching = [day - 2, day - 1, day, day + 1]
      .flatMap((startDay) => this.spansOf(startDay).map((span) => this.segmentOf(startDay, span)))
      .map(({ from, to }) => ({ from: Math.max(from, begins), to: Math.min(to, ends) }))
      .filter(({ from, to }) => from < to);
    return merge(reaching);
  }

  private spansOf(day: number): readonly Span[] {
    if (!this.clock.hasDay(day)) return [];
    const special = this.special.get(day);
    if (special !== undefined) return special;
    if (this.closed.has(day)) return [];
    return this.week[weekdayOf(day)] ?? [];
  }

  /**
   * A stretch begins when its time first comes and ends when its time last comes, so an hour that comes twice is inside
   * whole. Midnight is an exception as an end: it is where the next day begins.
   */
  private segmentOf(day: number, { from, to }: Span): OpenSegment {
    return {
      from: this.clock.instantOf(day, from, 'first'),
      to: this.clock.instantOf(day, to, to % DAY_MINUTES === 0 ? 'first' : 'last'),
    };
  }
}

const prepared = new WeakMap<FrozenCalendar, OpeningHours>();

/** The calendar's hours, made ready once for each calendar object: do not change the object afterwards. */
export function openingHoursOf(calendar: FrozenCalendar): OpeningHours {
  const known = prepared.get(calendar);
  if (known !== undefined) return known;

  const hours = new OpeningHours(calendar);
  prepared.set(calendar, hours);
  return hours;
}

/** Days since 1970-01-01. */
export function dayNumberOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS;
}

/** Monday is 0; day 0 was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

function spansOfWeek(weekly: Weekly): readonly (readonly Span[])[] {
  return WEEKDAYS.map((day) =>
    weekly === 'always' ? [{ from: 0, to: DAY_MINUTES }] : (weekly[day] ?? []).map(spanOf),
  );
}

function spanOf([from, to]: TimeInterval): Span {
  const begin = minutesOf(from);
  const end = minutesOf(to);
  return { from: begin, to: end > begin ? end : end + DAY_MINUTES };
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

function merge(segments: readonly OpenSegment[]): readonly OpenSegment[] {
  const merged: OpenSegment[] = [];
  for (const segment of segments.toSorted((one, other) => one.from - other.from)) {
    const last = merged.at(-1);
    if (last === undefined || segment.from > last.to) merged.push(segment);
    else merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, segment.to) };
  }
  return merged;
}

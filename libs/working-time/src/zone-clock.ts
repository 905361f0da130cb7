import { IANAZone } from 'luxon';

export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

const MAX_REMEMBERED_DAYS = 4096;
const MAX_REMEMBERED_ZONES = 512;

/** Which moment a wall-clock time means when the clocks went back and it came twice. */
export type Occurrence = 'first' | 'last';

/**
 * The wall clock of one zone. Days are counted from 1970-01-01 (day 0), by the zone's own calendar.
 *
 * luxon's zones know the offsets; its `DateTime` is not used to go from wall clock to moment, because there it starts
 * from the offset in force *now*, so that a time that comes twice would mean one thing in summer and another in winter.
 */
export class ZoneClock {
  private readonly zone: IANAZone;
  private readonly offsetAtMidnight = new Map<number, number>();

  constructor(zone: IANAZone) {
    this.zone = zone;
  }

  /** What to add to a moment to read it off as if it were UTC, in milliseconds. */
  offsetAt(instant: number): number {
    const utcDay = Math.floor(instant / DAY_MS);
    const offset = this.midnightOffset(utcDay);
    return offset === this.midnightOffset(utcDay + 1) ? offset : this.exactOffset(instant);
  }

  dayOf(instant: number): number {
    return Math.floor((instant + this.offsetAt(instant)) / DAY_MS);
  }

  /**
   * The moment at which the clocks show this many minutes after the day's midnight.
   *
   * A time the clocks jump over is moved forward by the jump, as luxon, java.time and RFC 5545 do: 02:30 becomes 03:30.
   */
  instantOf(day: number, minutes: number, occurrence: Occurrence): number {
    const wall = day * DAY_MS + minutes * MINUTE_MS;
    const before = this.midnightOffset(Math.floor(wall / DAY_MS) - 1);
    const after = this.midnightOffset(Math.floor(wall / DAY_MS) + 2);
    if (before === after) return wall - before;

    const candidates = [wall - before, wall - after].filter((instant) => instant + this.exactOffset(instant) === wall);
    if (candidates.length === 0) return wall - before;
    return occurrence === 'first' ? Math.min(...candidates) : Math.max(...candidates);
  }

  /** False for a day that never was: Samoa went from Thursday 2011-12-29 to Saturday 31. */
  hasDay(day: number): boolean {
    if (this.midnightOffset(day - 1) === this.midnightOffset(day + 2)) return true;
    return this.dayOf(this.instantOf(day, 12 * 60, 'first')) === day;
  }

  /** Offsets stand for weeks on end and asking Intl takes 4 µs, so they are remembered at each UTC midnight. */
  private midnightOffset(utcDay: number): number {
    const known = this.offsetAtMidnight.get(utcDay);
    if (known !== undefined) return known;

    const offset = this.exactOffset(utcDay * DAY_MS);
    if (this.offsetAtMidnight.size >= MAX_REMEMBERED_DAYS) this.offsetAtMidnight.clear();
    this.offsetAtMidnight.set(utcDay, offset);
    return offset;
  }

  private exactOffset(instant: number): number {
    return Math.round(this.zone.offset(instant) * MINUTE_MS);
  }
}

const clocks = new Map<string, ZoneClock>();
/** Asking Intl takes 50 µs, and a calendar that is parsed asks every time. */
const validZones = new Set<string>();

/** Is this an IANA zone? Intl also takes offsets such as `+02:00`, which know no daylight saving: they are not. */
export function isTimeZone(name: string): boolean {
  if (validZones.has(name)) return true;
  if (!/^[A-Za-z]/.test(name) || !IANAZone.isValidZone(name)) return false;
  if (validZones.size >= MAX_REMEMBERED_ZONES) validZones.clear();
  validZones.add(name);
  return true;
}

/** The clock of an IANA zone, shared by all calendars of that zone. @throws {RangeError} if there is no such zone. */
export function zoneClock(timeZone: string): ZoneClock {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;

  if (!isTimeZone(timeZone)) throw new RangeError('Not an IANA time zone');
  const clock = new ZoneClock(IANAZone.create(timeZone));
  if (clocks.size >= MAX_REMEMBERED_ZONES) clocks.clear();
  clocks.set(timeZone, clock);
  return clock;
}

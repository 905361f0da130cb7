import type { FrozenCalendar, TimeInterval } from '@relance/working-time';
import { WEEKDAYS } from '@relance/working-time';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const DAYS_BEFORE = 5;
const DAYS_AFTER = 9;

/**
 * Working time counted minute by minute on the clocks of `Intl.DateTimeFormat`, over two weeks around a date.
 *
 * Slow and plain on purpose: it shares nothing with the library and is what the library is held against.
 */
export class MinuteOracle {
  readonly begins: number;
  readonly ends: number;
  private readonly labels: string[];
  private readonly first = new Map<string, number>();
  private readonly last = new Map<string, number>();
  private readonly dates: ReadonlySet<string>;

  constructor(
    readonly timeZone: string,
    aroundDate: string,
  ) {
    this.begins = Date.parse(aroundDate) - DAYS_BEFORE * DAY_MS;
    this.ends = Date.parse(aroundDate) + DAYS_AFTER * DAY_MS;
    const format = new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
    this.labels = Array.from({ length: (this.ends - this.begins) / MINUTE_MS }, (_, minute) =>
      format.format(this.begins + minute * MINUTE_MS),
    );
    for (const [minute, label] of this.labels.entries()) {
      if (!this.first.has(label)) this.first.set(label, minute);
      this.last.set(label, minute);
    }
    this.dates = new Set(this.labels.map((label) => label.slice(0, 10)));
  }

  /** For each minute of the two weeks: is the calendar open? */
  openMinutes(calendar: FrozenCalendar): boolean[] {
    const open = this.labels.map(() => false);
    for (const date of this.dates) {
      for (const [from, to] of intervalsOn(calendar, date)) {
        const endDate = to > from ? date : nextDate(date);
        const end = to === '24:00' ? `${nextDate(date)} 00:00` : `${endDate} ${to}`;
        const begins = this.minuteOf(`${date} ${from}`, this.first);
        const ends = this.minuteOf(end, end.endsWith('00:00') ? this.first : this.last);
        open.fill(true, begins, Math.max(begins, ends));
      }
    }
    return open;
  }

  private minuteOf(label: string, occurrence: ReadonlyMap<string, number>): number {
    if (label < this.labels[0]!) return 0;
    if (label > this.labels.at(-1)!) return this.labels.length;
    const shown = occurrence.get(label);
    if (shown !== undefined) return shown;

    // Jumped over: as far behind the jump as it is behind the last minute shown before it.
    const before = this.labels.findIndex(
      (shownLabel, minute) => shownLabel < label && this.labels[minute + 1]! > label,
    );
    return before + (Date.parse(`${label}Z`) - Date.parse(`${this.labels[before]!}Z`)) / MINUTE_MS;
  }
}

function intervalsOn(calendar: FrozenCalendar, date: string): readonly TimeInterval[] {
  const special = calendar.specialDays.find((day) => day.date === date);
  if (special !== undefined) return special.intervals;
  if (calendar.closedOn.includes(date)) return [];
  if (calendar.weekly === 'always') return [['00:00', '24:00']];
  const weekday = WEEKDAYS[(new Date(date).getUTCDay() + 6) % 7]!;
  return calendar.weekly[weekday] ?? [];
}

function nextDate(date: string): string {
  return new Date(Date.parse(date) + DAY_MS).toISOString().slice(0, 10);
}

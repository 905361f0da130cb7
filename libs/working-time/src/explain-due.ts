import type { TimeInterval, Weekday, Weekly } from './calendar.js';
import { WEEKDAYS } from './calendar.js';
import type { FrozenCalendar } from './frozen-calendar.js';
import { dayNumberOf, weekdayOf } from './opening-hours.js';
import { addWorkingTime, nextOpening } from './working-time.js';
import { DAY_MS, zoneClock } from './zone-clock.js';

const DAY_NAMES: Record<Weekday, string> = {
  mon: 'Mon',
  tue: 'Tue',
  wed: 'Wed',
  thu: 'Thu',
  fri: 'Fri',
  sat: 'Sat',
  sun: 'Sun',
};
const MAX_NAMED_DAYS = 3;

export interface DueTime {
  readonly dueAt: Date;
  /** One line for people, in English, in the calendar's zone. */
  readonly explanation: string;
}

/**
 * When `durationMs` of working time after `start` are up, and how that was counted:
 * "received Sat 15:00; calendar Mon–Fri 09:00–12:00, 14:00–18:00 (Europe/Paris); first opening Mon 09:00; + 30 min = Mon 09:30".
 *
 * Holidays and special days that were met on the way are named. Times more than six days away carry their date.
 *
 * @throws {CalendarNeverOpens} as `addWorkingTime` does.
 */
export function explainDue(calendar: FrozenCalendar, start: Date, durationMs: number): DueTime {
  const dueAt = addWorkingTime(calendar, start, durationMs);
  const begins = nextOpening(calendar, start) ?? start;
  const time = (at: Date): string => timeOf(calendar, at, start);

  const explanation = [
    `received ${time(start)}`,
    `calendar ${describeWeek(calendar.weekly)} (${calendar.timeZone})`,
    ...describeExceptions(calendar, start, dueAt),
    ...(begins > start ? [`first opening ${time(begins)}`] : []),
    `+ ${describeDuration(durationMs)} = ${time(dueAt)}`,
  ].join('; ');
  return { dueAt, explanation };
}

function describeWeek(weekly: Weekly): string {
  if (weekly === 'always') return 'always open';

  const groups: { first: Weekday; last: Weekday; hours: string }[] = [];
  for (const [index, day] of WEEKDAYS.entries()) {
    const hours = describeHours(weekly[day] ?? []);
    const group = groups.at(-1);
    if (hours === '') continue;
    if (group !== undefined && group.hours === hours && group.last === WEEKDAYS[index - 1]) group.last = day;
    else groups.push({ first: day, last: day, hours });
  }
  if (groups.length === 0) return 'special days only';
  return groups.map(({ first, last, hours }) => `${describeDays(first, last)} ${hours}`).join(' · ');
}

function describeDays(first: Weekday, last: Weekday): string {
  return first === last ? DAY_NAMES[first] : `${DAY_NAMES[first]}–${DAY_NAMES[last]}`;
}

function describeHours(intervals: readonly TimeInterval[]): string {
  return intervals.map(([from, to]) => `${from}–${to}`).join(', ');
}

/** Special days, and holidays that took hours away, from the day of the start to the day it is due. */
function describeExceptions(calendar: FrozenCalendar, start: Date, dueAt: Date): string[] {
  const clock = zoneClock(calendar.timeZone);
  const [first, last] = [clock.dayOf(start.getTime()), clock.dayOf(dueAt.getTime())];
  const isMet = (date: string): boolean => dayNumberOf(date) >= first && dayNumberOf(date) <= last;

  const special = new Set(calendar.specialDays.map(({ date }) => date));
  const days = [
    ...calendar.closedOn
      .filter((date) => isMet(date) && !special.has(date) && hasHours(calendar.weekly, date))
      .map((date) => ({ date, what: 'public holiday' })),
    ...calendar.specialDays
      .filter(({ date }) => isMet(date))
      .map(({ date, intervals }) => ({ date, what: intervals.length === 0 ? 'closed' : describeHours(intervals) })),
  ].sort((one, other) => dayNumberOf(one.date) - dayNumberOf(other.date));

  const named = days
    .slice(0, MAX_NAMED_DAYS)
    .map(({ date, what }) => `${dayNameOf(dayNumberOf(date))} ${date} ${what}`);
  const others = days.length - named.length;
  return others > 0 ? [...named, `and ${others} more such days`] : named;
}

function hasHours(weekly: Weekly, date: string): boolean {
  if (weekly === 'always') return true;
  const weekday = WEEKDAYS[weekdayOf(dayNumberOf(date))];
  return weekday !== undefined && (weekly[weekday]?.length ?? 0) > 0;
}

/** "Mon 09:30", with seconds where there are any, and with the date when the weekday could be misread. */
function timeOf(calendar: FrozenCalendar, at: Date, start: Date): string {
  const clock = zoneClock(calendar.timeZone);
  const day = clock.dayOf(at.getTime());
  const wall = new Date(at.getTime() + clock.offsetAt(at.getTime())).toISOString();
  const date = day - clock.dayOf(start.getTime()) > 6 ? ` ${wall.slice(0, 10)}` : '';
  const time = wall.slice(17, 19) === '00' ? wall.slice(11, 16) : wall.slice(11, 19);
  return `${dayNameOf(day)}${date} ${time}`;
}

function dayNameOf(day: number): string {
  const weekday = WEEKDAYS[weekdayOf(day)];
  return weekday === undefined ? '' : DAY_NAMES[weekday];
}

/** In hours, never days: a day of working time is 24 hours of it, which nobody would read into "1 day". */
function describeDuration(milliseconds: number): string {
  const hours = Math.floor(milliseconds / (DAY_MS / 24));
  const minutes = Math.floor((milliseconds % (DAY_MS / 24)) / 60_000);
  const seconds = (milliseconds % 60_000) / 1000;
  const parts = [
    ...(hours > 0 ? [`${hours} h`] : []),
    ...(minutes > 0 ? [`${minutes} min`] : []),
    ...(seconds > 0 ? [`${seconds} s`] : []),
  ];
  return parts.length === 0 ? '0 min' : parts.join(' ');
}

import { z } from 'zod';
import type { Calendar, Weekly } from './calendar.js';
import { specialDaySchema, timeZoneSchema, WEEKDAYS, weeklySchema } from './calendar.js';
import { publicHolidaysOf } from './public-holidays.js';

/**
 * A calendar with its public holidays written out as dates, so that a promise counted on it comes out the same whatever
 * date-holidays says later. Small enough to travel in an event.
 *
 * Its own date decides, in this order: a special day, a holiday (closed), the week. Years outside `frozenYears` count
 * as having no holidays.
 */
export const frozenCalendarSchema = z.object({
  timeZone: timeZoneSchema,
  weekly: weeklySchema,
  specialDays: z.array(specialDaySchema),
  /** Dates (YYYY-MM-DD) of public holidays. */
  closedOn: z.array(z.iso.date()),
  frozenYears: z.array(z.int()),
});
export type FrozenCalendar = z.infer<typeof frozenCalendarSchema>;

/** The dates (YYYY-MM-DD) of the calendar's public holidays in these years, in order; none if it names no country. */
export function freezeHolidays(calendar: Pick<Calendar, 'holidays'>, years: readonly number[]): string[] {
  const { holidays } = calendar;
  if (holidays === null || holidays === undefined) return [];
  return [...new Set(years)]
    .sort((one, other) => one - other)
    .flatMap((year) => publicHolidaysOf(holidays.country, holidays.region ?? null, year));
}

/** Writes out the public holidays of these years: what is stored, announced and counted on. */
export function freezeCalendar(calendar: Calendar, years: readonly number[]): FrozenCalendar {
  return {
    timeZone: calendar.timeZone,
    weekly: withoutClosedDays(calendar.weekly),
    specialDays: calendar.specialDays ?? [],
    closedOn: freezeHolidays(calendar, years),
    frozenYears: [...new Set(years)].sort((one, other) => one - other),
  };
}

/** The calendar that is open at every moment; its zone only serves to tell times. */
export function alwaysOpen(timeZone: string): FrozenCalendar {
  return { timeZone, weekly: 'always', specialDays: [], closedOn: [], frozenYears: [] };
}

function withoutClosedDays(weekly: Weekly): Weekly {
  if (weekly === 'always') return weekly;
  return Object.fromEntries(WEEKDAYS.flatMap((day) => (weekly[day]?.length ? [[day, weekly[day]]] : [])));
}

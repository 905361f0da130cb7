import { z } from 'zod';
import { findHolidayPlace } from './public-holidays.js';
import { isTimeZone } from './zone-clock.js';

/** The keys of a week, Monday first. */
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

const fromSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time from 00:00 to 23:59' });
const toSchema = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, { error: 'must be a time from 00:00 to 23:59, or 24:00' });

/** Wall-clock times `[from, to]`; a `to` before its `from` is on the next day. */
const intervalSchema = z
  .tuple([fromSchema, toSchema], { error: 'must be a pair of times, [from, to]' })
  .refine(([from, to]) => from !== to, { error: 'must not end when it begins; a whole day is ["00:00","24:00"]' });
export type TimeInterval = z.infer<typeof intervalSchema>;

const intervalsSchema = z.array(intervalSchema, { error: 'must be a list of [from, to]' }).max(24);

const weekSchema = z.strictObject({
  mon: intervalsSchema.optional(),
  tue: intervalsSchema.optional(),
  wed: intervalsSchema.optional(),
  thu: intervalsSchema.optional(),
  fri: intervalsSchema.optional(),
  sat: intervalsSchema.optional(),
  sun: intervalsSchema.optional(),
});
const alwaysSchema = z.literal('always', { error: 'must be "always" or the hours of each weekday' });

export type Weekly = z.infer<typeof alwaysSchema> | z.infer<typeof weekSchema>;

/**
 * `"always"`, or the hours of each weekday; a day left out is closed.
 *
 * Not a plain union: the form meant is told by the value's type, so that each bad field keeps its own path.
 */
export const weeklySchema = z
  .unknown()
  .check((context) => {
    const meant = typeof context.value === 'object' && context.value !== null ? weekSchema : alwaysSchema;
    const issues = meant.safeParse(context.value).error?.issues ?? [];
    for (const { path, message } of issues) {
      context.issues.push({ code: 'custom', path, message, input: context.value });
    }
  })
  .meta({ anyOf: [alwaysSchema, weekSchema].map(asPart) }) as unknown as z.ZodType<Weekly, Weekly>;

/** A date with its own hours, none for closed. It replaces both the week and the holiday. */
export const specialDaySchema = z.strictObject({
  date: z.iso.date({ error: 'must be a date, YYYY-MM-DD' }),
  intervals: intervalsSchema,
});
export type SpecialDay = z.infer<typeof specialDaySchema>;

export const timeZoneSchema = z
  .string()
  .refine(isTimeZone, { error: 'must be an IANA time zone such as Europe/Paris' });

const holidaysSchema = z
  .strictObject({
    /** ISO 3166-1 alpha-2. */
    country: z.string(),
    /** A state of that country as date-holidays calls it (`BY`, `57`), or a region of the state (`BY-A`). */
    region: z.string().nullable().optional(),
  })
  .superRefine((holidays, context) => {
    const problem = findHolidayPlace(holidays.country, holidays.region ?? null);
    if (problem === 'unknown-country') {
      context.addIssue({ code: 'custom', path: ['country'], message: 'has no public holidays that we know of' });
    }
    if (problem === 'unknown-region') {
      context.addIssue({
        code: 'custom',
        path: ['region'],
        message: 'is not a region of that country that we know of',
      });
    }
  });

/**
 * A calendar as people edit it (`spec/api.md`, "a calendar").
 *
 * Refuses a calendar that would never open: a promise counted on it would never be due.
 */
export const calendarSchema = z
  .strictObject({
    timeZone: timeZoneSchema,
    weekly: weeklySchema,
    holidays: holidaysSchema.nullable().optional(),
    specialDays: z.array(specialDaySchema).max(1000).optional(),
  })
  .superRefine(({ weekly, specialDays = [] }, context) => {
    const dates = new Set<string>();
    for (const [index, { date }] of specialDays.entries()) {
      if (dates.has(date)) {
        context.addIssue({ code: 'custom', path: ['specialDays', index, 'date'], message: `${date} is listed twice` });
      }
      dates.add(date);
    }

    if (!hasHours(weekly) && specialDays.every(({ intervals }) => intervals.length === 0)) {
      const message = 'The calendar never opens: give hours to a weekday or to a special day';
      context.addIssue({ code: 'custom', path: ['weekly'], message });
    }
  });
export type Calendar = z.infer<typeof calendarSchema>;

function hasHours(weekly: Weekly): boolean {
  return weekly === 'always' || WEEKDAYS.some((day) => (weekly[day]?.length ?? 0) > 0);
}

function asPart(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...part } = z.toJSONSchema(schema);
  return part;
}

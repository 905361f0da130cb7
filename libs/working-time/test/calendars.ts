import type { FrozenCalendar, TimeInterval } from '@relance/working-time';
import { WEEKDAYS } from '@relance/working-time';
import fc from 'fast-check';

const DAY_MS = 86_400_000;

/** Zones, and dates near which their clocks do something. */
export const TURNS = [
  { timeZone: 'Europe/Paris', date: '2026-03-29', what: 'loses an hour' },
  { timeZone: 'Europe/Paris', date: '2026-10-25', what: 'gains an hour' },
  { timeZone: 'America/New_York', date: '2026-03-08', what: 'loses an hour' },
  { timeZone: 'America/New_York', date: '2026-11-01', what: 'gains an hour' },
  { timeZone: 'Australia/Lord_Howe', date: '2026-04-05', what: 'gains half an hour' },
  { timeZone: 'Australia/Lord_Howe', date: '2026-10-04', what: 'loses half an hour' },
  { timeZone: 'America/Havana', date: '2026-03-08', what: 'loses the hour after midnight' },
  { timeZone: 'America/Havana', date: '2026-11-01', what: 'gains the hour after midnight' },
  { timeZone: 'Africa/Cairo', date: '2026-04-24', what: 'loses the hour after midnight' },
  { timeZone: 'Africa/Cairo', date: '2026-10-30', what: 'gains the hour before midnight' },
  { timeZone: 'America/Goose_Bay', date: '2010-11-07', what: 'gains an hour a minute after midnight' },
  { timeZone: 'America/Toronto', date: '1919-03-31', what: 'loses the hour around midnight' },
  { timeZone: 'Pacific/Apia', date: '2011-12-30', what: 'loses a whole day' },
  { timeZone: 'Asia/Kolkata', date: '2026-06-10', what: 'does nothing' },
  { timeZone: 'UTC', date: '2026-12-25', what: 'does nothing' },
] as const;

/** Half of the times are in the night, where the clocks change. */
const minuteOfDay = fc.oneof(
  fc.integer({ min: 0, max: 239 }),
  fc.integer({ min: 0, max: 1439 }),
  fc.constantFrom(0, 60, 120, 180, 540, 720, 1080, 1410),
);
const interval: fc.Arbitrary<TimeInterval> = fc
  .tuple(minuteOfDay, fc.oneof(minuteOfDay, fc.constant(1440)))
  .filter(([from, to]) => from !== to)
  .map(([from, to]) => [timeOf(from), timeOf(to)]);
const intervals = fc.array(interval, { maxLength: 3 });
const weekly = fc.oneof(
  { weight: 1, arbitrary: fc.constant('always' as const) },
  { weight: 6, arbitrary: fc.record(Object.fromEntries(WEEKDAYS.map((day) => [day, intervals]))) },
);

/** Any calendar of a zone, with holidays and special days of their own near the date. */
export function calendarNear(timeZone: string, date: string): fc.Arbitrary<FrozenCalendar> {
  const nearby = fc
    .integer({ min: -3, max: 4 })
    .map((days) => new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10));
  return fc.record({
    timeZone: fc.constant(timeZone),
    weekly,
    specialDays: fc.uniqueArray(fc.record({ date: nearby, intervals }), { maxLength: 2, selector: (day) => day.date }),
    closedOn: fc.uniqueArray(nearby, { maxLength: 2 }),
    frozenYears: fc.constant([Number(date.slice(0, 4))]),
  });
}

function timeOf(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

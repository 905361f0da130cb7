export type { Calendar, SpecialDay, TimeInterval, Weekday, Weekly } from './calendar.js';
export { calendarSchema, timeZoneSchema, WEEKDAYS } from './calendar.js';
export { CalendarNeverOpens } from './calendar-never-opens.js';
export { durationSchema, formatDuration, InvalidDuration, parseDuration } from './duration.js';
export type { DueTime } from './explain-due.js';
export { explainDue } from './explain-due.js';
export type { FrozenCalendar } from './frozen-calendar.js';
export { alwaysOpen, freezeCalendar, freezeHolidays, frozenCalendarSchema } from './frozen-calendar.js';
export { addWorkingTime, isOpenAt, nextOpening, workingTimeBetween } from './working-time.js';

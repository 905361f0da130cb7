import { describe, expect, it } from '@jest/globals';
import { CalendarNeverOpens } from './calendar-never-opens.js';
import { parseDuration } from './duration.js';
import type { FrozenCalendar } from './frozen-calendar.js';
import { alwaysOpen } from './frozen-calendar.js';
import { addWorkingTime, isOpenAt, nextOpening, workingTimeBetween } from './working-time.js';

const calendar = (hours: Partial<FrozenCalendar>): FrozenCalendar => ({ ...alwaysOpen('Europe/Paris'), ...hours });
const week = (intervals: [string, string][]): FrozenCalendar['weekly'] =>
  Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [day, intervals]));

const office = calendar({ weekly: week([['10:00', '18:00']]) });
const lunch = calendar({
  weekly: week([
    ['09:00', '12:00'],
    ['14:00', '18:00'],
  ]),
});
const night = calendar({ weekly: { fri: [['22:00', '06:00']] } });
const holiday = calendar({ weekly: week([['10:00', '18:00']]), closedOn: ['2026-12-25'] });
const special = calendar({ ...holiday, specialDays: [{ date: '2026-12-25', intervals: [['20:00', '22:00']] }] });

describe('addWorkingTime', () => {
  it.each([
    {
      why: 'a closed start begins at the next opening',
      hours: office,
      start: '2026-11-21T23:00+01:00',
      target: 'PT30M',
      due: '2026-11-23T10:30+01:00',
    },
    {
      why: 'an open start begins at once',
      hours: office,
      start: '2026-11-23T10:00+01:00',
      target: 'PT30M',
      due: '2026-11-23T10:30+01:00',
    },
    {
      why: 'a target ending at closing time is due then',
      hours: office,
      start: '2026-11-20T17:30+01:00',
      target: 'PT30M',
      due: '2026-11-20T18:00+01:00',
    },
    {
      why: 'a second more goes to the next opening',
      hours: office,
      start: '2026-11-20T17:30+01:00',
      target: 'PT30M1S',
      due: '2026-11-23T10:00:01+01:00',
    },
    {
      why: 'closing time is closed',
      hours: office,
      start: '2026-11-20T18:00+01:00',
      target: 'PT0S',
      due: '2026-11-23T10:00+01:00',
    },
    {
      why: 'nothing, when open, is due at once',
      hours: office,
      start: '2026-11-20T17:59+01:00',
      target: 'PT0S',
      due: '2026-11-20T17:59+01:00',
    },
    {
      why: 'lunch does not count',
      hours: lunch,
      start: '2026-11-20T11:45+01:00',
      target: 'PT30M',
      due: '2026-11-20T14:15+01:00',
    },
    {
      why: 'a day is 24 hours of work',
      hours: office,
      start: '2026-11-23T10:00+01:00',
      target: 'P1D',
      due: '2026-11-25T18:00+01:00',
    },
    {
      why: 'a night shift runs past midnight',
      hours: night,
      start: '2026-11-20T23:30+01:00',
      target: 'PT1H',
      due: '2026-11-21T00:30+01:00',
    },
    {
      why: 'and belongs to its evening',
      hours: night,
      start: '2026-11-20T05:00+01:00',
      target: 'PT1H',
      due: '2026-11-20T23:00+01:00',
    },
    {
      why: 'a holiday is closed',
      hours: holiday,
      start: '2026-12-24T17:45+01:00',
      target: 'PT30M',
      due: '2026-12-28T10:15+01:00',
    },
    {
      why: 'a special day replaces week and holiday',
      hours: special,
      start: '2026-12-24T17:45+01:00',
      target: 'PT30M',
      due: '2026-12-25T20:15+01:00',
    },
    {
      why: 'always is always',
      hours: alwaysOpen('Europe/Paris'),
      start: '2026-12-25T03:00+01:00',
      target: 'P14D',
      due: '2027-01-08T03:00+01:00',
    },
    {
      why: 'but not on its holidays',
      hours: calendar({ closedOn: ['2026-12-25'] }),
      start: '2026-12-24T23:50+01:00',
      target: 'PT30M',
      due: '2026-12-26T00:20+01:00',
    },
    {
      why: 'a shift begun the evening before runs into a holiday',
      hours: calendar({ weekly: { thu: [['22:00', '06:00']], fri: [['22:00', '06:00']] }, closedOn: ['2026-12-25'] }),
      start: '2026-12-25T05:00+01:00',
      target: 'PT1H',
      due: '2026-12-25T06:00+01:00',
    },
    {
      why: 'overlaps count once',
      hours: calendar({
        weekly: {
          thu: [['22:00', '06:00']],
          fri: [
            ['04:00', '08:00'],
            ['05:00', '07:00'],
          ],
        },
      }),
      start: '2026-11-20T03:00+01:00',
      target: 'PT5H',
      due: '2026-11-20T08:00+01:00',
    },
    {
      why: 'a midnight end meets a midnight start',
      hours: calendar({ weekly: { thu: [['20:00', '24:00']], fri: [['00:00', '04:00']] } }),
      start: '2026-11-19T23:00+01:00',
      target: 'PT2H',
      due: '2026-11-20T01:00+01:00',
    },
    {
      why: 'spring takes an hour away',
      hours: calendar({ weekly: { sun: [['01:00', '10:00']] } }),
      start: '2026-03-29T01:30+01:00',
      target: 'PT1H',
      due: '2026-03-29T03:30+02:00',
    },
    {
      why: 'autumn gives one back',
      hours: calendar({ weekly: { sun: [['01:00', '10:00']] } }),
      start: '2026-10-25T01:30+02:00',
      target: 'PT2H',
      due: '2026-10-25T02:30+01:00',
    },
    {
      why: 'a time that is skipped moves forward',
      hours: calendar({ weekly: { sun: [['02:30', '10:00']] } }),
      start: '2026-03-29T00:00+01:00',
      target: 'PT30M',
      due: '2026-03-29T04:00+02:00',
    },
    {
      why: 'Samoa had no Friday',
      hours: { ...office, timeZone: 'Pacific/Apia' },
      start: '2011-12-29T17:45-10:00',
      target: 'PT30M',
      due: '2012-01-02T10:15+14:00',
    },
  ])('$why: $start + $target = $due', ({ hours, start, target, due }) => {
    expect(addWorkingTime(hours, new Date(start), parseDuration(target))).toEqual(new Date(due));
  });

  it('gives up on a calendar whose special days are over', () => {
    const over = calendar({ weekly: {}, specialDays: [{ date: '2026-11-20', intervals: [['09:00', '10:00']] }] });

    expect(nextOpening(over, new Date('2026-11-20T00:00Z'))).toEqual(new Date('2026-11-20T08:00Z'));
    expect(nextOpening(over, new Date('2026-11-20T09:00Z'))).toBeNull();
    expect(() => addWorkingTime(over, new Date('2026-11-20T08:30Z'), 1_800_001)).toThrow(CalendarNeverOpens);
  });

  it('gives up when every opening is closed for ten years', () => {
    const from = Date.parse('2026-11-20');
    const closedOn = Array.from({ length: 3700 }, (_, day) =>
      new Date(from + day * 86_400_000).toISOString().slice(0, 10),
    );

    const noon = new Date('2026-11-20T12:00Z');
    const closed = calendar({ closedOn });
    const reopens = calendar({ closedOn: closedOn.slice(0, 3600) });

    expect(nextOpening(closed, noon)).toBeNull();
    expect(() => addWorkingTime(closed, noon, 0)).toThrow(CalendarNeverOpens);
    expect(nextOpening(reopens, noon)).toEqual(addWorkingTime(reopens, noon, 0));
    expect(workingTimeBetween(closed, noon, new Date('2037-11-20T12:00Z'))).toBeGreaterThan(0);
  });

  it('goes on for more than ten years while it opens now and then', () => {
    expect(addWorkingTime(office, new Date('2026-11-20T09:00Z'), parseDuration('P1000D')).getUTCFullYear()).toBe(2038);
  });

  it('gives up when a hundred years are not enough', () => {
    const aMinuteAWeek = calendar({ weekly: { mon: [['09:00', '09:01']] } });

    expect(() => addWorkingTime(aMinuteAWeek, new Date('2026-11-20T00:00Z'), parseDuration('P10D'))).toThrow(
      CalendarNeverOpens,
    );
  });

  it.each([-1, 0.5, NaN, Infinity])('refuses a duration of %d', (durationMs) => {
    expect(() => addWorkingTime(office, new Date('2026-11-20T00:00Z'), durationMs)).toThrow(RangeError);
  });

  it.each(['not a date', '+010000-01-01T00:00:00Z', '1899-12-31T00:00:00Z'])('refuses to count from %s', (start) => {
    expect(() => addWorkingTime(office, new Date(start), 0)).toThrow(RangeError);
    expect(() => isOpenAt(office, new Date(start))).toThrow(RangeError);
  });
});

describe('workingTimeBetween', () => {
  it.each([
    { why: 'an ordinary night', zone: 'Europe/Paris', date: '2026-10-24', hours: 2 },
    { why: 'an hour less in spring', zone: 'Europe/Paris', date: '2026-03-29', hours: 1 },
    { why: 'an hour more in autumn', zone: 'Europe/Paris', date: '2026-10-25', hours: 3 },
    { why: 'half an hour less', zone: 'Australia/Lord_Howe', date: '2026-10-04', hours: 1.5 },
    { why: 'half an hour more', zone: 'Australia/Lord_Howe', date: '2026-04-05', hours: 2.5 },
    { why: 'nothing', zone: 'Asia/Kolkata', date: '2026-03-29', hours: 2 },
  ])('counts the hours passed from 01:00 to 03:00: $why ($zone $date)', ({ zone, date, hours }) => {
    const nights = calendar({ timeZone: zone, weekly: {}, specialDays: [{ date, intervals: [['01:00', '03:00']] }] });
    const noon = Date.parse(`${date}T12:00Z`);

    expect(workingTimeBetween(nights, new Date(noon - 172_800_000), new Date(noon + 172_800_000))).toBe(
      hours * 3_600_000,
    );
  });

  it('counts a year of Mondays to Fridays', () => {
    const years = [new Date('2025-12-31T23:00Z'), new Date('2026-12-31T23:00Z')] as const;

    expect(workingTimeBetween(office, ...years)).toBe(261 * 8 * 3_600_000);
  });
});

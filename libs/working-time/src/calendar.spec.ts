import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { calendarSchema } from './calendar.js';

const paris = {
  timeZone: 'Europe/Paris',
  weekly: {
    mon: [
      ['09:00', '12:00'],
      ['14:00', '18:00'],
    ],
    tue: [['09:00', '18:00']],
    sun: [],
  },
  holidays: { country: 'FR', region: null },
  specialDays: [{ date: '2026-12-24', intervals: [['09:00', '12:00']] }],
};

describe('calendarSchema', () => {
  it.each([
    { what: 'the calendar of the contract', calendar: paris },
    { what: 'the one that is always open', calendar: { timeZone: 'UTC', weekly: 'always' } },
    {
      what: 'a night shift and a midnight end',
      calendar: {
        timeZone: 'UTC',
        weekly: {
          fri: [
            ['22:00', '06:00'],
            ['20:00', '24:00'],
          ],
        },
      },
    },
    { what: 'a whole day', calendar: { timeZone: 'UTC', weekly: { sat: [['00:00', '24:00']] } } },
    { what: 'special days only', calendar: { ...paris, weekly: {} } },
    { what: 'no holidays', calendar: { timeZone: 'UTC', weekly: 'always', holidays: null } },
    { what: 'a state', calendar: { ...paris, holidays: { country: 'DE', region: 'BY' } } },
    { what: 'a region of a state', calendar: { ...paris, holidays: { country: 'DE', region: 'BY-A' } } },
  ])('takes $what, as it is', ({ calendar }) => {
    expect(calendarSchema.parse(calendar)).toEqual(calendar);
  });

  it.each([
    { field: 'timeZone', calendar: { ...paris, timeZone: 'Europe/Lutetia' } },
    { field: 'timeZone', calendar: { ...paris, timeZone: '+02:00' } },
    { field: 'weekly', calendar: { timeZone: 'UTC' } },
    { field: 'weekly', calendar: { timeZone: 'UTC', weekly: 'never' } },
    { field: 'weekly', calendar: { timeZone: 'UTC', weekly: { monday: [['09:00', '10:00']] } } },
    { field: 'weekly.mon', calendar: { timeZone: 'UTC', weekly: { mon: '9-17' } } },
    { field: 'weekly.mon.0', calendar: { timeZone: 'UTC', weekly: { mon: [['09:00']] } } },
    { field: 'weekly.mon.0.0', calendar: { timeZone: 'UTC', weekly: { mon: [['9:00', '10:00']] } } },
    { field: 'weekly.mon.0.0', calendar: { timeZone: 'UTC', weekly: { mon: [['24:00', '10:00']] } } },
    {
      field: 'weekly.mon.1.1',
      calendar: {
        timeZone: 'UTC',
        weekly: {
          mon: [
            ['09:00', '10:00'],
            ['11:00', '24:01'],
          ],
        },
      },
    },
    { field: 'weekly.mon.0', calendar: { timeZone: 'UTC', weekly: { mon: [['09:00', '09:00']] } } },
    { field: 'weekly.mon.0', calendar: { timeZone: 'UTC', weekly: { mon: [['00:00', '00:00']] } } },
    { field: 'holidays.country', calendar: { ...paris, holidays: { country: 'ZZ' } } },
    { field: 'holidays.country', calendar: { ...paris, holidays: { country: 'fr' } } },
    { field: 'holidays.country', calendar: { ...paris, holidays: {} } },
    { field: 'holidays.region', calendar: { ...paris, holidays: { country: 'FR', region: 'BY' } } },
    { field: 'holidays.region', calendar: { ...paris, holidays: { country: 'DE', region: 'BY-ZZ' } } },
    { field: 'holidays.region', calendar: { ...paris, holidays: { country: 'SG', region: 'X' } } },
    { field: 'specialDays.0.date', calendar: { ...paris, specialDays: [{ date: '2026-02-30', intervals: [] }] } },
    {
      field: 'specialDays.0.intervals.0.1',
      calendar: { ...paris, specialDays: [{ date: '2026-12-24', intervals: [['09:00', '25:00']] }] },
    },
    { field: 'specialDays.1.date', calendar: { ...paris, specialDays: [...paris.specialDays, ...paris.specialDays] } },
    { field: '', calendar: { ...paris, colour: 'red' } },
  ])('refuses and names $field: $calendar', ({ field, calendar }) => {
    const issues = calendarSchema.safeParse(calendar).error?.issues ?? [];

    expect(issues.map((issue) => issue.path.join('.'))).toEqual([field]);
  });

  it.each([
    { weekly: {} },
    { weekly: { mon: [], sun: [] } },
    { weekly: {}, specialDays: [{ date: '2026-12-24', intervals: [] }] },
  ])('refuses a calendar that never opens: %j', (hours) => {
    const issues = calendarSchema.safeParse({ timeZone: 'UTC', ...hours }).error?.issues;

    expect(issues).toMatchObject([{ path: ['weekly'], message: expect.stringContaining('never opens') }]);
  });

  it('names every bad field at once', () => {
    const issues = calendarSchema.safeParse({
      timeZone: 'Nowhere',
      weekly: { mon: [['x', 'y']], tue: [['09:00', '09:00']] },
    }).error?.issues;

    expect(issues?.map((issue) => issue.path.join('.'))).toEqual([
      'timeZone',
      'weekly.mon.0.0',
      'weekly.mon.0.1',
      'weekly.tue.0',
    ]);
  });

  it('is described as "always" or a week', () => {
    expect(z.toJSONSchema(calendarSchema)).toMatchObject({
      properties: { weekly: { anyOf: [{ const: 'always' }, { type: 'object', additionalProperties: false }] } },
      required: ['timeZone', 'weekly'],
    });
  });
});

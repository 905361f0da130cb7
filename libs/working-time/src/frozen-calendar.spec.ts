import { describe, expect, it } from '@jest/globals';
import { calendarSchema } from './calendar.js';
import { freezeCalendar, freezeHolidays, frozenCalendarSchema } from './frozen-calendar.js';

const holidaysOf = (country: string, region: string | null, ...years: number[]): string[] =>
  freezeHolidays({ holidays: { country, region } }, years);

describe('freezeHolidays', () => {
  it('writes out the public holidays of France', () => {
    expect(holidaysOf('FR', null, 2026)).toEqual([
      '2026-01-01',
      '2026-04-06',
      '2026-05-01',
      '2026-05-08',
      '2026-05-14',
      '2026-05-25',
      '2026-07-14',
      '2026-08-15',
      '2026-11-01',
      '2026-11-11',
      '2026-12-25',
    ]);
  });

  it.each([
    { place: 'Alsace has Good Friday', country: 'FR', region: '67', date: '2026-04-03', isHoliday: true },
    { place: 'France has not', country: 'FR', region: null, date: '2026-04-03', isHoliday: false },
    { place: 'Bavaria has Epiphany', country: 'DE', region: 'BY', date: '2026-01-06', isHoliday: true },
    { place: 'Germany has not', country: 'DE', region: null, date: '2026-01-06', isHoliday: false },
    { place: 'Augsburg has its peace', country: 'DE', region: 'BY-A', date: '2026-08-08', isHoliday: true },
    { place: 'Bavaria has not', country: 'DE', region: 'BY', date: '2026-08-08', isHoliday: false },
    { place: 'a feast closes its first day', country: 'AE', region: null, date: '2026-03-20', isHoliday: true },
    { place: 'and its last', country: 'AE', region: null, date: '2026-03-22', isHoliday: true },
    { place: 'not the one after', country: 'AE', region: null, date: '2026-03-23', isHoliday: false },
    { place: 'not the one before', country: 'AE', region: null, date: '2026-03-19', isHoliday: false },
    { place: 'a feast goes on after New Year', country: 'SZ', region: null, date: '2027-01-02', isHoliday: true },
    { place: 'an afternoon closes no day', country: 'GT', region: null, date: '2026-12-24', isHoliday: false },
    { place: 'nor does an observance', country: 'FR', region: null, date: '2026-05-31', isHoliday: false },
    { place: "the new year's substitute", country: 'US', region: null, date: '2021-12-31', isHoliday: true },
  ])('$place ($date)', ({ country, region, date, isHoliday }) => {
    expect(holidaysOf(country, region, Number(date.slice(0, 4))).includes(date)).toBe(isHoliday);
  });

  it('keeps the years in order, each once', () => {
    const dates = holidaysOf('FR', null, 2027, 2026, 2027);

    expect(dates).toHaveLength(22);
    expect(dates).toEqual([...dates].sort());
  });

  it('has none without a country', () => {
    expect(freezeHolidays({}, [2026])).toEqual([]);
    expect(freezeHolidays({ holidays: null }, [2026])).toEqual([]);
  });
});

describe('freezeCalendar', () => {
  it('gives what an event can carry', () => {
    const frozen = freezeCalendar(
      calendarSchema.parse({
        timeZone: 'Europe/Paris',
        weekly: { mon: [['09:00', '18:00']], tue: [] },
        holidays: { country: 'FR' },
        specialDays: [{ date: '2026-12-24', intervals: [] }],
      }),
      [2026],
    );

    expect(frozen).toMatchObject({
      timeZone: 'Europe/Paris',
      weekly: { mon: [['09:00', '18:00']] },
      specialDays: [{ date: '2026-12-24', intervals: [] }],
      frozenYears: [2026],
    });
    expect(frozen.weekly).not.toHaveProperty('tue');
    expect(frozen.closedOn).toContain('2026-07-14');
    expect(frozenCalendarSchema.parse(JSON.parse(JSON.stringify(frozen)))).toEqual(frozen);
  });
});

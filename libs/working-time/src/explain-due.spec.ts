import { describe, expect, it } from '@jest/globals';
import { parseDuration } from './duration.js';
import { explainDue } from './explain-due.js';
import type { FrozenCalendar } from './frozen-calendar.js';
import { alwaysOpen } from './frozen-calendar.js';

const lunch = [
  ['09:00', '12:00'],
  ['14:00', '18:00'],
] as [string, string][];
const paris: FrozenCalendar = {
  ...alwaysOpen('Europe/Paris'),
  weekly: { mon: lunch, tue: lunch, wed: lunch, thu: lunch, fri: lunch },
};
const christmas: FrozenCalendar = {
  ...paris,
  closedOn: ['2026-12-24', '2026-12-25', '2026-12-26', '2027-01-01'],
  specialDays: [{ date: '2026-12-24', intervals: [['09:00', '10:00']] }],
};

describe('explainDue', () => {
  it.each([
    {
      calendar: paris,
      start: '2026-11-21T14:00Z',
      within: 'PT30M',
      dueAt: '2026-11-23T08:30Z',
      explanation:
        'received Sat 15:00; calendar Mon–Fri 09:00–12:00, 14:00–18:00 (Europe/Paris); first opening Mon 09:00; + 30 min = Mon 09:30',
    },
    {
      calendar: paris,
      start: '2026-11-20T10:45:20.5Z',
      within: 'PT30M',
      dueAt: '2026-11-20T13:15:20.5Z',
      explanation:
        'received Fri 11:45:20; calendar Mon–Fri 09:00–12:00, 14:00–18:00 (Europe/Paris); + 30 min = Fri 14:15:20',
    },
    {
      calendar: christmas,
      start: '2026-12-24T08:30Z',
      within: 'PT1H30M',
      dueAt: '2026-12-28T09:00Z',
      explanation:
        'received Thu 09:30; calendar Mon–Fri 09:00–12:00, 14:00–18:00 (Europe/Paris); Thu 2026-12-24 09:00–10:00; Fri 2026-12-25 public holiday; + 1 h 30 min = Mon 10:00',
    },
    {
      calendar: alwaysOpen('UTC'),
      start: '2026-11-21T14:00Z',
      within: 'PT30M',
      dueAt: '2026-11-21T14:30Z',
      explanation: 'received Sat 14:00; calendar always open (UTC); + 30 min = Sat 14:30',
    },
    {
      calendar: alwaysOpen('UTC'),
      start: '2026-11-21T14:00Z',
      within: 'P14D',
      dueAt: '2026-12-05T14:00Z',
      explanation: 'received Sat 14:00; calendar always open (UTC); + 336 h = Sat 2026-12-05 14:00',
    },
    {
      calendar: {
        ...paris,
        weekly: {
          mon: lunch,
          wed: lunch,
          sat: [['22:00', '06:00']],
          sun: [['22:00', '06:00']],
        } satisfies FrozenCalendar['weekly'],
      },
      start: '2026-11-21T22:00Z',
      within: 'PT1.5S',
      dueAt: '2026-11-21T22:00:01.5Z',
      explanation:
        'received Sat 23:00; calendar Mon 09:00–12:00, 14:00–18:00 · Wed 09:00–12:00, 14:00–18:00 · Sat–Sun 22:00–06:00 (Europe/Paris); + 1.5 s = Sat 23:00:01',
    },
  ])('$explanation', ({ calendar, start, within, dueAt, explanation }) => {
    expect(explainDue(calendar, new Date(start), parseDuration(within))).toEqual({
      dueAt: new Date(dueAt),
      explanation,
    });
  });

  it('names three exceptions and counts the others', () => {
    const closedOn = ['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26', '2026-11-27'];

    expect(explainDue({ ...paris, closedOn }, new Date('2026-11-21T14:00Z'), 0).explanation).toContain(
      'Wed 2026-11-25 public holiday; and 2 more such days; first opening Mon 2026-11-30 09:00; + 0 min',
    );
  });
});

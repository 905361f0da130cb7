import { freezeCalendar, explainDue, workingTimeBetween } from '@relance/working-time';

/** Everything the library answers about a year of starts, to be compared between processes of different time zones. */
export function answers(): string[] {
  return ['Europe/Paris', 'America/New_York', 'Australia/Lord_Howe'].flatMap((timeZone) => {
    const calendar = freezeCalendar(
      {
        timeZone,
        weekly: {
          mon: [['09:00', '17:00']],
          thu: [['22:00', '06:00']],
          sat: [['00:30', '24:00']],
          sun: [['01:00', '02:30']],
        },
        holidays: { country: 'FR' },
        specialDays: [{ date: '2026-06-03', intervals: [['12:00', '13:00']] }],
      },
      [2026],
    );
    const yearStart = new Date('2026-01-01T00:00Z');
    return Array.from({ length: 365 }, (_, day) => new Date(yearStart.getTime() + day * 25 * 3_600_000)).map(
      (start) => {
        const { dueAt, explanation } = explainDue(calendar, start, 3 * 3_600_000);
        return `${dueAt.toISOString()} ${explanation} ${workingTimeBetween(calendar, yearStart, start)}`;
      },
    );
  });
}

if (process.argv.includes('--print')) process.stdout.write(JSON.stringify(answers()));

import { addWorkingTime, CalendarNeverOpens, isOpenAt, nextOpening, workingTimeBetween } from '@relance/working-time';
import type { FrozenCalendar } from '@relance/working-time';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { calendarNear, TURNS } from './calendars.js';
import { MinuteOracle } from './minute-oracle.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const RUNS = { numRuns: 120 };

describe.each(TURNS)('around $date, when $timeZone $what', ({ timeZone, date }) => {
  const calendar = calendarNear(timeZone, date).filter(
    (one) =>
      one.weekly === 'always' || Object.values(one.weekly).some((hours) => hours !== undefined && hours.length > 0),
  );
  const instant = fc
    .integer({ min: -4 * DAY_MS, max: 5 * DAY_MS })
    .map((offset) => new Date(Date.parse(date) + offset));
  const duration = fc.oneof(
    fc.constantFrom(0, 1, 30 * MINUTE_MS, DAY_MS),
    fc.integer({ min: 0, max: 60 * MINUTE_MS }),
    fc.integer({ min: 0, max: 3 * DAY_MS }),
  );

  it('is due no sooner than the target after the start, and exactly when it has been worked', () => {
    fc.assert(
      fc.property(calendar, instant, duration, (hours, start, target) => {
        const due = addWorkingTime(hours, start, target);

        expect(due.getTime() - start.getTime()).toBeGreaterThanOrEqual(target);
        expect(workingTimeBetween(hours, start, due)).toBe(target);
      }),
      RUNS,
    );
  });

  it('is due at the earliest moment there is', () => {
    fc.assert(
      fc.property(
        calendar,
        instant,
        duration.filter((target) => target > 0),
        (hours, start, target) => {
          const justBefore = new Date(addWorkingTime(hours, start, target).getTime() - 1);

          expect(workingTimeBetween(hours, start, justBefore)).toBe(target - 1);
        },
      ),
      RUNS,
    );
  });

  it('begins a closed start at the next opening', () => {
    fc.assert(
      fc.property(calendar, instant, duration, (hours, start, target) => {
        const opening = nextOpening(hours, start)!;

        expect(isOpenAt(hours, opening)).toBe(true);
        expect(isOpenAt(hours, start)).toBe(opening.getTime() === start.getTime());
        expect(workingTimeBetween(hours, start, opening)).toBe(0);
        expect(addWorkingTime(hours, start, target)).toEqual(addWorkingTime(hours, opening, target));
        expect(addWorkingTime(hours, start, 0)).toEqual(opening);
      }),
      RUNS,
    );
  });

  it('is never due sooner for a later start or a longer target', () => {
    fc.assert(
      fc.property(calendar, instant, instant, duration, duration, (hours, one, other, few, more) => {
        const [early, late] = one <= other ? [one, other] : [other, one];
        const [short, long] = few <= more ? [few, more] : [more, few];

        expect(+addWorkingTime(hours, early, short)).toBeLessThanOrEqual(+addWorkingTime(hours, late, short));
        expect(+addWorkingTime(hours, early, short)).toBeLessThanOrEqual(+addWorkingTime(hours, early, long));
      }),
      RUNS,
    );
  });

  it('adds in two steps what it adds in one', () => {
    fc.assert(
      // The second step is not empty: no time at all after a closing time is due at the next opening.
      fc.property(
        calendar,
        instant,
        duration,
        duration.filter((target) => target > 0),
        (hours, start, first, second) => {
          const stepwise = addWorkingTime(hours, addWorkingTime(hours, start, first), second);

          expect(stepwise).toEqual(addWorkingTime(hours, start, first + second));
        },
      ),
      RUNS,
    );
  });

  it('counts a stretch as the sum of its parts, never more than the time passed', () => {
    fc.assert(
      fc.property(calendar, fc.tuple(instant, instant, instant), (hours, instants) => {
        const [a, b, c] = instants.toSorted((one, other) => +one - +other) as [Date, Date, Date];

        expect(workingTimeBetween(hours, a, b) + workingTimeBetween(hours, b, c)).toBe(workingTimeBetween(hours, a, c));
        expect(workingTimeBetween(hours, a, c)).toBeLessThanOrEqual(+c - +a);
        expect(workingTimeBetween(hours, c, a)).toBe(0);
      }),
      RUNS,
    );
  });

  it('counts an interval that is listed again once', () => {
    fc.assert(
      fc.property(calendar, instant, instant, (hours, a, b) => {
        const { weekly } = hours;
        const twice: FrozenCalendar['weekly'] =
          weekly === 'always'
            ? weekly
            : Object.fromEntries(
                Object.entries(weekly).map(([day, intervals]) => [
                  day,
                  [intervals, intervals].flatMap((list) => list ?? []),
                ]),
              );

        expect(workingTimeBetween({ ...hours, weekly: twice }, a, b)).toBe(workingTimeBetween(hours, a, b));
      }),
      RUNS,
    );
  });

  it('agrees with a count minute by minute', () => {
    const oracle = new MinuteOracle(timeZone, date);
    const minute = fc.integer({ min: 2 * 1440, max: 8 * 1440 });

    fc.assert(
      fc.property(
        calendarNear(timeZone, date),
        minute,
        minute,
        fc.integer({ min: 1, max: 2000 }),
        (hours, one, other, target) => {
          const open = oracle.openMinutes(hours);
          const [from, to] = one <= other ? [one, other] : [other, one];
          const at = (index: number): Date => new Date(oracle.begins + index * MINUTE_MS);

          expect(isOpenAt(hours, at(from))).toBe(open[from]);
          expect(workingTimeBetween(hours, at(from), at(to))).toBe(
            open.slice(from, to).filter(Boolean).length * MINUTE_MS,
          );

          // The last two days of the window lack what reaches in from beyond it.
          const known = open.slice(0, 12 * 1440);
          const opening = known.indexOf(true, from);
          if (opening !== -1) expect(nextOpening(hours, at(from))).toEqual(at(opening));
          const openAfterStart = known.flatMap((isOpen, index) => (isOpen && index >= from ? [index] : []));
          const lastNeeded = openAfterStart[target - 1];
          if (lastNeeded !== undefined) {
            expect(addWorkingTime(hours, at(from), target * MINUTE_MS)).toEqual(at(lastNeeded + 1));
          }
        },
      ),
      RUNS,
    );
  });

  it('never loops on a calendar that never opens', () => {
    const closed: FrozenCalendar = { timeZone, weekly: { mon: [] }, specialDays: [], closedOn: [], frozenYears: [] };

    fc.assert(
      fc.property(instant, duration, (start, target) => {
        expect(nextOpening(closed, start)).toBeNull();
        expect(isOpenAt(closed, start)).toBe(false);
        expect(() => addWorkingTime(closed, start, target)).toThrow(CalendarNeverOpens);
      }),
      RUNS,
    );
  });
});

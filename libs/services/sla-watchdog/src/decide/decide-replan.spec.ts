import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { alwaysOpen } from '@relance/working-time';
import { at, minutes } from '../../test/a-clock.js';
import { holdSteps, replanSteps, resumeSteps } from './decide-replan.js';

const office = (from: string, to: string): never =>
  ({
    ...alwaysOpen('UTC'),
    weekly: Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [day, [[from, to]]])),
  }) as never;
const steps = [
  { step: 0, dueAt: at(minutes(15)) },
  { step: 1, dueAt: at(minutes(30)) },
];

describe('a pause', () => {
  it('counts the time that was left on from its end', () => {
    const held = holdSteps(steps, null, at(minutes(10)));
    expect(held).toEqual([
      { step: 0, remainingMs: minutes(5) },
      { step: 1, remainingMs: minutes(20) },
    ]);
    expect(resumeSteps(held, null, at(minutes(100)))).toEqual([
      { step: 0, dueAt: at(minutes(105)) },
      { step: 1, dueAt: at(minutes(120)) },
    ]);
  });

  it('moves due times by its length, on a clock that simply runs', () => {
    const minute = fc.integer({ min: 0, max: 15 });
    fc.assert(
      fc.property(minute, fc.integer({ min: 0, max: 10_000 }), (from, length) => {
        const resumed = resumeSteps(holdSteps(steps, null, at(minutes(from))), null, at(minutes(from + length)));
        expect(resumed.map(({ dueAt }) => dueAt)).toEqual([at(minutes(15 + length)), at(minutes(30 + length))]);
      }),
    );
  });
});

describe('another calendar', () => {
  it('keeps the time already used and counts what is left on the new one', () => {
    const before = office('09:00', '18:00');
    const after = office('14:00', '18:00');
    // 10 of 30 minutes are used at 10:10; 20 are left, from 14:00 on.
    const moved = replanSteps(steps, before, after, at(minutes(10)));
    expect(moved.map(({ dueAt }) => dueAt.toISOString())).toEqual([
      '2026-11-23T14:05:00.000Z',
      '2026-11-23T14:20:00.000Z',
    ]);
  });

  it('moves nothing that was due already', () => {
    const moved = replanSteps(steps, office('09:00', '18:00'), office('14:00', '18:00'), at(minutes(20)));
    expect(moved.map(({ step }) => step)).toEqual([1]);
  });

  it('changes nothing when it is open at the same times', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 14 }), (used) => {
        const same = office('09:00', '18:00');
        expect(replanSteps(steps, same, same, at(minutes(used)))).toEqual(steps);
      }),
    );
  });
});

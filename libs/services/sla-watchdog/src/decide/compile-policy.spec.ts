import { describe, expect, it } from '@jest/globals';
import { alwaysOpen } from '@relance/working-time';
import { at, minutes, start } from '../../test/a-clock.js';
import { compilePolicy, findPolicy } from './compile-policy.js';
import { planClock } from './plan-clock.js';
import { policySchema } from './policy.js';
import type { Policy } from './policy.js';

const milestone = {
  key: 'first-follow-up',
  startsOn: 'assigned',
  within: 'PT30M',
  clock: 'working',
  calendar: 'owner',
  metBy: { evidence: 'C' },
  warnAfter: ['PT25M', 'PT15M'],
  onBreach: [
    { after: 'PT0S', do: 'alert', to: ['owner', 'manager'] },
    { after: 'PT30M', do: 'alert', to: ['operators'] },
    { after: 'PT0S', do: 'reassign' },
  ],
};
const parsed = (over: object = {}): Policy =>
  policySchema.parse({ when: null, milestones: [{ ...milestone, ...over }] });
const compiled = (policy: Policy): ReturnType<typeof compilePolicy> =>
  compilePolicy({ key: 'follow-up' as never, version: 1, position: 0, policy });
const officeHours = {
  ...alwaysOpen('UTC'),
  weekly: { mon: [['09:00', '10:20']], tue: [['09:00', '18:00']] } as never,
};

describe('a policy', () => {
  it('puts what happens at one moment into one step, in the order in which it happens', () => {
    const [promise] = compiled(parsed()).milestones;
    expect(promise?.steps.map(({ kind, after, actions }) => [kind, after, actions.map((action) => action.do)])).toEqual(
      [
        ['warn', 'PT15M', []],
        ['warn', 'PT25M', []],
        ['breach', 'PT30M', ['alert', 'reassign']],
        ['alert', 'PT30M', ['alert']],
      ],
    );
  });

  it('believes a stated time for a quarter of an hour, unless it says otherwise', () => {
    expect(compiled(parsed()).milestones[0]?.trustMs).toBe(minutes(15));
    expect(compiled(parsed({ trustStatedTime: 'PT1M' })).milestones[0]?.trustMs).toBe(minutes(1));
    const whole = policySchema.parse({ when: null, milestones: [milestone], trustStatedTime: 'PT0S' });
    expect(compiled(whole).milestones[0]?.trustMs).toBe(0);
  });

  it('is the first whose condition surely holds', () => {
    const when = { field: 'score.temperature', operator: '=', value: 'hot' };
    const hot = { ...compiled(policySchema.parse({ when, milestones: [milestone] })), key: 'hot' as never };
    const rest = compiled(parsed());
    expect(findPolicy([hot, rest], { score: { temperature: 'hot' } })?.key).toBe('hot');
    expect(findPolicy([hot, rest], { score: { temperature: 'cold' } })?.key).toBe('follow-up');
    expect(findPolicy([hot, rest], {})?.key).toBe('follow-up');
    expect(findPolicy([hot], {})).toBeNull();
  });

  it.each([
    {
      says: 'an unknown field',
      policy: { when: { field: 'person.emil', operator: '=', value: 'x' } },
      path: 'when.field',
    },
    { says: 'a promise of nothing', over: { within: 'PT0S' }, path: 'milestones.0.within' },
    { says: 'half a duration', over: { within: '30 min' }, path: 'milestones.0.within' },
    { says: 'a warning after the due time', over: { warnAfter: ['PT30M'] }, path: 'milestones.0.warnAfter.0' },
    {
      says: 'working time of nobody',
      over: { startsOn: 'held', metBy: { assigned: true }, onBreach: [] },
      path: 'milestones.0.clock',
    },
    {
      says: 'taking a lead from nobody',
      over: { startsOn: 'held', clock: 'elapsed', metBy: { assigned: true } },
      path: 'milestones.0.onBreach.2.do',
    },
    { says: 'what is true from the start', over: { metBy: { assigned: true } }, path: 'milestones.0.metBy.assigned' },
  ])('refuses $says, and says where', ({ policy, over, path }) => {
    const result = policySchema.safeParse({ when: null, milestones: [{ ...milestone, ...over }], ...policy });
    const paths = result.error?.issues.map((issue) => issue.path.join('.'));
    expect(paths).toContain(path);
  });

  it('refuses a milestone that is listed twice', () => {
    const result = policySchema.safeParse({ when: null, milestones: [milestone, milestone] });
    expect(result.error?.issues[0]?.path).toEqual(['milestones', 1, 'key']);
  });
});

describe('the plan of a clock', () => {
  const [promise] = compiled(parsed()).milestones;
  if (!promise) throw new Error('no milestone');

  it('counts working time, warnings from the start and escalations from the due time', () => {
    const plan = planClock(promise, start, officeHours);
    // Monday closes at 10:20; Tuesday opens at 9:00.
    expect(plan.steps.map(({ dueAt }) => dueAt.toISOString())).toEqual([
      '2026-11-23T10:15:00.000Z',
      '2026-11-24T09:05:00.000Z',
      '2026-11-24T09:10:00.000Z',
      '2026-11-24T09:40:00.000Z',
    ]);
    expect(plan.dueAt.toISOString()).toBe('2026-11-24T09:10:00.000Z');
    expect(plan.explanation).toContain('+ 30 min = Tue 09:10');
  });

  it('counts elapsed time where it is asked to', () => {
    const plan = planClock({ ...promise, counts: 'elapsed' }, start, officeHours);
    expect(plan.dueAt).toEqual(at(minutes(30)));
    expect(plan.explanation).toBe('assigned 2026-11-23 10:00:00 UTC; elapsed time; + 30 min = 2026-11-23 10:30:00 UTC');
  });

  it('is due all the same on a calendar that does not open any more', () => {
    const closed = { ...officeHours, weekly: {} as never };
    const plan = planClock(promise, start, closed);
    expect(plan.dueAt).toEqual(at(minutes(30)));
    expect(plan.explanation).toContain('does not open any more');
  });
});

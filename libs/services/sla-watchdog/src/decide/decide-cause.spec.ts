import { expect, it } from '@jest/globals';
import { at, minutes, start } from '../../test/a-clock.js';
import { decideCause } from './decide-cause.js';
import type { BreachFacts } from './decide-cause.js';

const facts: BreachFacts = {
  startsOn: 'assigned',
  startedAt: start,
  dueAt: at(minutes(30)),
  assignedAs: 'first',
  occurredAt: at(-2_000),
  receivedAt: at(-1_000),
  scoredAt: at(-500),
  toldAt: at(1_000),
  openedAt: null,
};

it.each<{ says: string; over: Partial<BreachFacts>; cause: string }>([
  { says: 'told at once, never opened', over: {}, cause: 'told-not-opened' },
  { says: 'opened, and nothing done', over: { openedAt: at(minutes(5)) }, cause: 'opened-not-acted' },
  { says: 'opened after it was due', over: { openedAt: at(minutes(31)) }, cause: 'told-not-opened' },
  { says: 'never told', over: { toldAt: null }, cause: 'told-late' },
  { says: 'told when half the time was gone', over: { toldAt: at(minutes(16)) }, cause: 'told-late' },
  { says: 'an hour old when it came', over: { occurredAt: at(-minutes(60)) }, cause: 'late-from-source' },
  { says: 'scored after minutes', over: { receivedAt: at(-minutes(5)) }, cause: 'scoring-lag' },
  {
    says: 'held overnight',
    over: { assignedAs: 'released-hold', occurredAt: null, receivedAt: at(-minutes(600)), scoredAt: at(-minutes(600)) },
    cause: 'held',
  },
  { says: 'waited for an owner', over: { startsOn: 'held', assignedAs: null }, cause: 'held' },
  { says: 'qualified and never owned', over: { startsOn: 'qualified', assignedAs: null }, cause: 'held' },
  {
    says: "a successor's: what was slow before the first owner is not theirs",
    over: { assignedAs: 'reassigned', occurredAt: at(-minutes(60)) },
    cause: 'told-not-opened',
  },
])('$says → $cause', ({ over, cause }) => {
  expect(decideCause({ ...facts, ...over }, true)).toBe(cause);
});

it.each<{ says: string; over: Partial<BreachFacts>; cause: string }>([
  { says: 'nothing was sent', over: { toldAt: null }, cause: 'told-not-opened' },
  { says: 'opened, and nothing done', over: { toldAt: null, openedAt: at(minutes(5)) }, cause: 'opened-not-acted' },
])('the console tells where no letters are sent: $says → $cause', ({ over, cause }) => {
  expect(decideCause({ ...facts, ...over }, false)).toBe(cause);
});

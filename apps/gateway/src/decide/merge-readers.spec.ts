import { expect, it } from '@jest/globals';
import { mergeReaders } from './merge-readers.js';

const scoring = { service: 'scoring', reader: 'scoring', state: 'running', lagEvents: 3, lagSeconds: 1 };
const relay = { service: 'event-log', reader: 'relay', lagEvents: 0, lagSeconds: 0 };

it('lists what each service told, and who did not', () => {
  expect(
    mergeReaders([
      { service: 'ingestion', items: [relay] },
      { service: 'scoring', items: [scoring] },
      { service: 'routing', items: null },
    ]),
  ).toEqual([relay, scoring, { service: 'routing', error: 'does not answer' }]);
});

it('counts a reader of two instances once, by the one that is further behind', () => {
  const behind = { ...scoring, lagEvents: 7 };
  const told = [scoring, behind].map((item) => ({ service: 'scoring' as const, items: [item] }));
  expect(mergeReaders(told)).toEqual([behind]);
  expect(mergeReaders(told.toReversed())).toEqual([behind]);
});

it('shows a reader that stopped on one of two instances', () => {
  const stopped = { ...scoring, state: 'stopped', lagEvents: 0 };
  const told = [stopped, scoring].map((item) => ({ service: 'scoring' as const, items: [item] }));
  expect(mergeReaders(told)).toEqual([stopped]);
  expect(mergeReaders(told.toReversed())).toEqual([stopped]);
});

import { expect, it } from '@jest/globals';
import { planRedrive, sumReports } from './plan-redrive.js';

const skipping = (
  ...ids: string[]
): { eligible: number; redriven: number; skipped: { id: string; why: string }[] } => ({
  eligible: 0,
  redriven: 0,
  skipped: ids.map((id) => ({ id, why: 'not here' })),
});

it('sends each letter to the service that does not skip it', () => {
  const plan = planRedrive(
    ['a', 'b', 'c', 'c'],
    [
      { service: 'scoring', report: skipping('b', 'c') },
      { service: 'routing', report: skipping('a', 'b') },
      { service: 'desk', report: skipping('a', 'b', 'c') },
    ],
    [],
  );
  expect(plan).toEqual({
    byService: new Map([
      ['scoring', ['a']],
      ['routing', ['c']],
    ]),
    skipped: [{ id: 'b', why: 'not here' }],
  });
});

it('says who did not answer where a letter is nobody’s', () => {
  const { skipped } = planRedrive(['a'], [{ service: 'scoring', report: skipping('a') }], ['routing']);
  expect(skipped).toEqual([{ id: 'a', why: 'no service that answers has it; routing did not answer' }]);
});

it('adds reports up', () => {
  expect(
    sumReports(
      [
        { eligible: 2, redriven: 1, skipped: [{ id: 'x', why: 'failed again' }] },
        { eligible: 1, redriven: 1, skipped: [] },
      ],
      [{ id: 'y', why: 'not parked' }],
    ),
  ).toEqual({
    eligible: 3,
    redriven: 2,
    skipped: [
      { id: 'y', why: 'not parked' },
      { id: 'x', why: 'failed again' },
    ],
  });
});

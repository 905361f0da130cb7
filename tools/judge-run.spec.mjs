import { describe, expect, it } from '@jest/globals';
import { judgeRun } from './judge-run.mjs';

const test = (status, fullName = status) => ({ status, fullName });
const file = (assertionResults, status = 'passed') => ({ name: 'a.spec.ts', status, assertionResults });
const run = (files, rest = {}) => ({
  ...{ results: { testResults: files }, jestSucceeded: true, failedSteps: [], isStrict: false },
  ...rest,
});
const withoutKafka = [file([test('passed'), test('pending', 'event log on Kafka [needs kafka] keeps the order')])];

describe('judgeRun', () => {
  it.each([
    { title: 'all passed', given: run([file([test('passed'), test('passed')])]), passed: 2, failed: 0 },
    {
      title: 'one failed',
      given: run([file([test('passed'), test('failed')], 'failed')], { jestSucceeded: false }),
      passed: 1,
      failed: 1,
    },
    {
      title: 'a file did not run',
      given: run([file([test('passed')]), file([], 'failed')], { jestSucceeded: false }),
      passed: 1,
      failed: 1,
    },
    { title: 'lint failed', given: run([file([test('passed')])], { failedSteps: ['lint'] }), passed: 1, failed: 1 },
    { title: 'nothing ran', given: run([]), passed: 0, failed: 1 },
    { title: 'Jest wrote nothing', given: run([], { results: null, jestSucceeded: false }), passed: 0, failed: 1 },
    {
      title: 'Jest failed without a failed test',
      given: run([file([test('passed')])], { jestSucceeded: false }),
      passed: 1,
      failed: 1,
    },
    { title: 'a part is missing', given: run(withoutKafka), passed: 1, failed: 0 },
    {
      title: 'a part is missing where all must run',
      given: run(withoutKafka, { isStrict: true }),
      passed: 1,
      failed: 1,
    },
    {
      title: 'a todo where all must run',
      given: run([file([test('passed'), test('todo')])], { isStrict: true }),
      passed: 1,
      failed: 1,
    },
  ])('counts $passed passed and $failed failed: $title', ({ given, passed, failed }) => {
    expect(judgeRun(given)).toMatchObject({ passed, failed });
  });

  it('names the parts that tests asked for, and what was skipped for no part', () => {
    expect(judgeRun(run([...withoutKafka, file([test('pending', 'forgotten')])]))).toMatchObject({
      missing: [{ part: 'kafka', count: 1 }],
      skipped: ['forgotten'],
    });
  });
});

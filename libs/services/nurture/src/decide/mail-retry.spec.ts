import { expect, it } from '@jest/globals';
import { mailRetryAt } from './mail-retry.js';

it('tries again for 36 hours, later and later, then no more', () => {
  let now = new Date('2026-11-25T10:00:00Z');
  const hours: number[] = [];
  for (let failures = 1; ; failures++) {
    const again = mailRetryAt(failures, now);
    if (again === null) break;
    hours.push((again.getTime() - now.getTime()) / 3_600_000);
    now = again;
  }
  expect(hours).toEqual(hours.toSorted((one, other) => one - other));
  expect(now.toISOString()).toBe('2026-11-26T22:00:00.000Z');
});

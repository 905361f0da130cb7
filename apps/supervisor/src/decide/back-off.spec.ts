import { expect, it } from '@jest/globals';
import { backOff } from './back-off.js';

it.each([
  { previousMs: null, livedMs: 10, pauseMs: 200 },
  { previousMs: 200, livedMs: 10, pauseMs: 400 },
  { previousMs: 3_200, livedMs: 10, pauseMs: 5_000 },
  { previousMs: 5_000, livedMs: 29_999, pauseMs: 5_000 },
  { previousMs: 5_000, livedMs: 30_000, pauseMs: 200 },
])('waits $pauseMs ms after $previousMs ms and a life of $livedMs ms', ({ previousMs, livedMs, pauseMs }) => {
  expect(backOff(previousMs, livedMs)).toBe(pauseMs);
});

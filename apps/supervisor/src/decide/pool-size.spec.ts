import { expect, it } from '@jest/globals';
import { poolSize } from './pool-size.js';

it.each([
  { processes: 6, areJobsInPostgres: false, size: 8 },
  { processes: 8, areJobsInPostgres: false, size: 6 },
  { processes: 13, areJobsInPostgres: false, size: 4 },
  { processes: 14, areJobsInPostgres: false, size: null },
  { processes: 6, areJobsInPostgres: true, size: 4 },
  { processes: 7, areJobsInPostgres: true, size: null },
])('gives each of $processes processes $size, jobs in Postgres: $areJobsInPostgres', (given) => {
  expect(poolSize(given.processes, given.areJobsInPostgres)).toBe(given.size);
});

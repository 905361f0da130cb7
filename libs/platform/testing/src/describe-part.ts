import { describe } from '@jest/globals';

/** Something a test needs besides Node and the embedded Postgres. */
export type Part = 'kafka' | 'redis' | 'chromium';

/**
 * Tests that need a part. Where the part is not there they are skipped, and the run lists them at its end with how to
 * get the part; where everything is required, a skipped one fails the run.
 */
export function describePart(part: Part, name: string, tests: () => void): void {
  const parts = (process.env['RELANCE_PARTS'] ?? '').split(',');
  (parts.includes(part) ? describe : describe.skip)(`${name} [needs ${part}]`, tests);
}

import { describeError } from '@relance/logging';
import type { Logger } from '@relance/logging';

const repeatEveryMs = 60_000;

/**
 * Tells of trouble with the backend without flooding: dozens of queues on one connection all fail at once and again
 * every half second. The first failure is told, then one a minute with how many there were since.
 */
export class OutageLog {
  private toldAt = -Infinity;
  private untold = 0;

  constructor(private readonly logger: Logger) {}

  note(error: unknown, about: Readonly<Record<string, unknown>> = {}): void {
    const now = performance.now();
    if (now - this.toldAt < repeatEveryMs) {
      this.untold += 1;
      return;
    }
    this.logger.warn('the job queue has trouble', { ...about, error: describeError(error), untold: this.untold });
    this.toldAt = now;
    this.untold = 0;
  }
}

import { describeError } from '@relance/logging';
import type { Logger } from '@relance/logging';
import type { Jobs } from './jobs.js';

/** How the names of canaries' queues begin; each process adds what is its own. */
export const canaryQueues = 'jobs.canary.';
const everyMs = 10_000;
const staleAfterMs = 60_000;

/**
 * A job that does nothing, every ten seconds: it shows that alarms of this process are armed, come due and are worked.
 * The queue is this process's own, so that no other process answers for it.
 */
export class Canary {
  /** When it last ran; null before the first run. */
  lastRanAt: Date | null = null;
  private timer: NodeJS.Timeout | null = null;
  private isArming = false;

  constructor(
    private readonly jobs: Jobs,
    readonly queue: string,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.jobs.work(this.queue, async () => {
      this.lastRanAt = new Date();
    });
    this.timer = setInterval(() => this.arm(), everyMs).unref();
    this.arm();
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
  }

  get isStale(): boolean {
    return this.lastRanAt === null || Date.now() - this.lastRanAt.getTime() > staleAfterMs;
  }

  private arm(): void {
    if (this.isArming) return;
    this.isArming = true;
    this.jobs.schedule(this.queue, [{ id: 'canary' }]).then(
      () => (this.isArming = false),
      (error: unknown) => {
        this.isArming = false;
        this.logger.debug('the canary could not be armed', { error: describeError(error) });
      },
    );
  }
}

import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '@relance/clock';
import { Jobs } from '@relance/jobs';
import type { EnrolmentId } from '@relance/lead';
import { Logger, describeError } from '@relance/logging';
import { stepQueue } from '../letters/alarms.js';
import { LetterDelivery } from '../letters/letter-delivery.js';
import { OverviewRepository } from '../store/overview.repository.js';

const sweepEveryMs = 15_000;
/** Far enough that nothing is late between two sweeps. */
const lookAheadMs = 20_000;
const pageSize = 500;

/** Runs the steps of tracks when they are due. Alarms are quick; rows are the truth, and the sweep goes by them. */
@Injectable()
export class RunStepJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | null = null;
  private sweeping: Promise<void> | null = null;

  constructor(
    private readonly jobs: Jobs,
    private readonly clock: Clock,
    private readonly overview: OverviewRepository,
    private readonly delivery: LetterDelivery,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.work(stepQueue, ({ id }) => this.delivery.deliver(id as EnrolmentId), { concurrency: 4 });
    this.timer = setInterval(() => this.sweepInBackground(), sweepEveryMs);
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    await this.sweeping;
  }

  /** Arms every letter that is due, or nearly. */
  async sweep(): Promise<void> {
    const now = this.clock.now();
    const until = new Date(now.getTime() + lookAheadMs);
    let after: { enrolmentId: string; dueAt: Date } | null = null;
    do {
      const due: { enrolmentId: string; dueAt: Date }[] = await this.overview.due(now, until, after, pageSize);
      await this.jobs.schedule(
        stepQueue,
        due.map(({ enrolmentId, dueAt }) => ({ id: enrolmentId, ...(dueAt > now ? { runAt: dueAt } : {}) })),
      );
      after = due.length === pageSize ? (due.at(-1) ?? null) : null;
    } while (after);
  }

  private sweepInBackground(): void {
    this.sweeping ??= this.sweep()
      .catch((error: unknown) => this.logger.warn('the sweep for letters failed', { error: describeError(error) }))
      .finally(() => {
        this.sweeping = null;
      });
  }
}

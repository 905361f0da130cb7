import { Injectable } from '@nestjs/common';
import { Jobs } from '@relance/jobs';
import { Logger, describeError } from '@relance/logging';
import type { Tx } from '@relance/postgres';

export const stepQueue = 'nurture.step';
/** Later ones are armed by the sweep, when their time comes near. */
const armedWithinMs = 10 * 60_000;

/** Sets alarms for letters that are due soon. Losing one loses nothing: the sweep finds the row. */
@Injectable()
export class Alarms {
  constructor(
    private readonly jobs: Jobs,
    private readonly logger: Logger,
  ) {}

  armAfterCommit(tx: Tx, due: readonly { enrolmentId: string; dueAt: Date }[], now: Date): void {
    const soon = due.filter(({ dueAt }) => dueAt.getTime() <= now.getTime() + armedWithinMs);
    if (soon.length === 0) return;
    tx.afterCommit(() => {
      this.jobs
        .schedule(
          stepQueue,
          soon.map(({ enrolmentId, dueAt }) => ({ id: enrolmentId, ...(dueAt > now ? { runAt: dueAt } : {}) })),
        )
        .catch((error: unknown) =>
          this.logger.warn('letters wait for the sweep: alarms could not be set', { error: describeError(error) }),
        );
    });
  }
}

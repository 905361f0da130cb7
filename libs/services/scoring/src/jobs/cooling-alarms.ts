import { Injectable } from '@nestjs/common';
import { Clock } from '@relance/clock';
import { Jobs } from '@relance/jobs';
import type { LeadId } from '@relance/lead';
import { Logger, describeError } from '@relance/logging';
import type { Tx } from '@relance/postgres';

export const rescoreQueue = 'scoring.rescore';

/** What lies further ahead is left to the sweep: most leads are heard of again before they cool. */
export const alarmHorizonMs = 600_000;

/** A lead and the instant at which decay changes its score, if it does. */
export interface Cooling {
  readonly leadId: LeadId;
  readonly changesAt: Date | null;
}

export interface DueCooling extends Cooling {
  readonly changesAt: Date;
}

/** Arms the alarms that score leads again exactly when decay changes their score. */
@Injectable()
export class CoolingAlarms {
  constructor(
    private readonly jobs: Jobs,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Once the transaction is committed. A failure costs at most the time until the next sweep. */
  armAfterCommit(tx: Tx, leads: readonly Cooling[]): void {
    const soon = this.withinHorizon(leads);
    if (soon.length === 0) return;
    tx.afterCommit(() => {
      this.jobs.schedule(rescoreQueue, soon).catch((error: unknown) => {
        this.logger.warn('alarms of cooling leads could not be armed', { error: describeError(error) });
      });
    });
  }

  /** Once the transaction is committed. An alarm that rings all the same finds nothing to do. */
  cancelAfterCommit(tx: Tx, leadIds: readonly LeadId[]): void {
    tx.afterCommit(() => {
      this.jobs.cancel(rescoreQueue, leadIds).catch((error: unknown) => {
        this.logger.warn('alarms of erased leads could not be cancelled', { error: describeError(error) });
      });
    });
  }

  /** @throws {JobsUnavailable} */
  async arm(leads: readonly Cooling[]): Promise<void> {
    await this.jobs.schedule(rescoreQueue, this.withinHorizon(leads));
  }

  private withinHorizon(leads: readonly Cooling[]): { id: string; runAt: Date }[] {
    const horizonMs = this.clock.now().getTime() + alarmHorizonMs;
    return leads.flatMap(({ leadId, changesAt }) =>
      changesAt !== null && changesAt.getTime() <= horizonMs ? [{ id: leadId, runAt: changesAt }] : [],
    );
  }
}

import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '@relance/clock';
import { Logger, describeError } from '@relance/logging';
import { Db } from '@relance/postgres';
import { LeadRepository } from '../store/lead.repository.js';
import { CoolingAlarms, alarmHorizonMs } from './cooling-alarms.js';
import type { DueCooling } from './cooling-alarms.js';

/** Half the horizon: nothing comes due between two sweeps that neither has armed. */
const sweepEveryMs = alarmHorizonMs / 2;
const pageSize = 1_000;

/**
 * Arms what the writing of a row did not: leads that cool later than the horizon, and alarms that a queue has lost.
 * Runs at start and every five minutes. Arming twice is arming once.
 */
@Injectable()
export class SweepCoolingLeads implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> | null = null;

  constructor(
    private readonly db: Db,
    private readonly leads: LeadRepository,
    private readonly alarms: CoolingAlarms,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.sweepInBackground(), sweepEveryMs).unref();
    this.sweepInBackground();
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.running;
  }

  /** Arms the alarm of every lead that cools within the horizon, or should have cooled already. */
  async sweep(): Promise<void> {
    const by = new Date(this.clock.now().getTime() + alarmHorizonMs);
    let after: DueCooling | null = null;
    for (;;) {
      const page: DueCooling[] = await this.leads.changingBy(this.db, by, after, pageSize);
      await this.alarms.arm(page);
      after = page.at(-1) ?? null;
      if (page.length < pageSize) return;
    }
  }

  private sweepInBackground(): void {
    this.running ??= this.sweep()
      .catch((error: unknown) => {
        this.logger.warn('cooling leads could not be swept', { error: describeError(error) });
      })
      .finally(() => {
        this.running = null;
      });
  }
}

import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { Jobs } from '@relance/jobs';
import { Logger, describeError } from '@relance/logging';
import { FireRepository } from '../store/fire.repository.js';
import { FirePass } from './fire-pass.js';
import { Sweeper } from './sweeper.js';

const queue = 'sla.fire';
const sentinel = 'sentinel';
const horizonMs = 10 * 60_000;
/** Steps that fall due within this of each other share an alarm: it fires all that is due, whoever it was set for. */
const slotMs = 100;
const reconcileEveryMs = 15_000;
const checkEveryMs = 2_000;
const sentinelEveryMs = 2_000;
/** A sentinel that is silent for this long was lost, and the alarms with it. */
const sentinelLostMs = 6_000;

/**
 * Alarms for what falls due in the next ten minutes.
 *
 * They are armed after the commit that started a clock, and again every 15 s. One of them, the sentinel, only proves
 * that alarms ring: each time it does it sets itself again. Once it is silent the queue was wiped, and all of the horizon
 * is armed anew at once. Nothing depends on alarms alone; the sweeper looks for itself.
 */
@Injectable()
export class Alarms implements OnApplicationBootstrap, OnModuleDestroy {
  /** Slots that this process has armed, as milliseconds since 1970. */
  private readonly armed = new Set<number>();
  private timer: NodeJS.Timeout | null = null;
  private reconciledAt = -reconcileEveryMs;
  private isReconciling = false;
  private isFailing = false;

  constructor(
    private readonly jobs: Jobs,
    private readonly pass: FirePass,
    private readonly sweeper: Sweeper,
    private readonly fires: FireRepository,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.work(queue, async ({ id }) => {
      if (id === sentinel) await this.passOn();
      else await this.pass.run();
    });
    this.timer = setInterval(() => this.check(), checkEveryMs);
  }

  onModuleDestroy(): void {
    if (this.timer) clearInterval(this.timer);
  }

  /** Steps were planned; call it once they are committed. */
  expect(dueAts: readonly Date[]): void {
    const first = dueAts.reduce<Date | null>((least, at) => (least === null || at < least ? at : least), null);
    const now = this.sweeper.databaseNow();
    if (first === null || now === null) return;
    this.sweeper.expect(first);
    const near = dueAts.map((at) => at.getTime()).filter((at) => at < now.getTime() + horizonMs);
    this.begin(() => this.arm(near.map((at) => Math.ceil(at / slotMs) * slotMs)));
  }

  private check(): void {
    if (this.isReconciling) return;
    this.isReconciling = true;
    this.begin(async () => {
      try {
        await this.reconcile();
      } finally {
        this.isReconciling = false;
      }
    });
  }

  private async reconcile(): Promise<void> {
    const now = performance.now();
    const outlook = await this.fires.outlook();
    const silentMs = outlook.now.getTime() - (outlook.sentinelRangAt?.getTime() ?? 0);
    const isLost = silentMs > sentinelLostMs;
    if (isLost || now - this.reconciledAt >= reconcileEveryMs) {
      const known = outlook.now.getTime();
      for (const slot of this.armed) if (isLost || slot < known) this.armed.delete(slot);
      await this.arm(await this.fires.slotsAhead(horizonMs / 1_000, slotMs));
      this.reconciledAt = now;
    }
    if (isLost) await this.jobs.schedule(queue, [{ id: sentinel }]);
  }

  /** The sentinel notes that it rang and sets itself again; whatever wipes the queue ends the chain. */
  private async passOn(): Promise<void> {
    await this.fires.sentinelRang();
    const now = this.sweeper.databaseNow();
    if (now) await this.jobs.schedule(queue, [{ id: sentinel, runAt: new Date(now.getTime() + sentinelEveryMs) }]);
  }

  private async arm(slots: readonly number[]): Promise<void> {
    const fresh = [...new Set(slots)].filter((slot) => !this.armed.has(slot));
    if (fresh.length === 0) return;
    for (const slot of fresh) this.armed.add(slot);
    try {
      await this.jobs.schedule(
        queue,
        fresh.map((slot) => ({ id: `at-${slot}`, runAt: new Date(slot) })),
      );
    } catch (error) {
      for (const slot of fresh) this.armed.delete(slot);
      throw error;
    }
  }

  /** Arming may fail: the next reconciliation does it again, and the sweeper needs no alarm. */
  private begin(work: () => Promise<void>): void {
    work()
      .then(() => {
        this.isFailing = false;
      })
      .catch((error: unknown) => {
        if (!this.isFailing) this.logger.warn('alarms could not be armed', { error: describeError(error) });
        this.isFailing = true;
      });
  }
}

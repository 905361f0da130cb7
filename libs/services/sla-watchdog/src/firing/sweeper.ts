import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { HealthChecks } from '@relance/bootstrap';
import type { HealthVerdict } from '@relance/bootstrap';
import { Logger, describeError } from '@relance/logging';
import { FireRepository } from '../store/fire.repository.js';
import { openClocks, sweeperAge } from './fire-metrics.js';
import { FirePass } from './fire-pass.js';

const longestSleepMs = 500;
/** What is due and held up by news is asked for again after this. */
const heldUpMs = 100;
const afterFailureMs = 250;
const notReadyAfterMs = 10_000;
const countEveryMs = 15_000;

/**
 * Sleeps until the next step is due, half a second at most, and fires.
 *
 * It goes by the database's clock: each look says what time it is there, and between two looks a monotonic timer
 * counts. A nearer step that starts in this process wakes it earlier; one that starts elsewhere is seen at the next look.
 */
@Injectable()
export class Sweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private loop: Promise<void> = Promise.resolve();
  private isStopping = false;
  private wake: (() => void) | null = null;
  /** On the monotonic clock of this process: when the sleep ends, when the last look succeeded, when clocks were counted. */
  private sleepsUntil = 0;
  private expectedAt = Infinity;
  private succeededAt = performance.now();
  private countedAt = -countEveryMs;
  /** Milliseconds to add to the monotonic clock for the database's time. */
  private offsetMs: number | null = null;
  private isFailing = false;

  constructor(
    private readonly pass: FirePass,
    private readonly fires: FireRepository,
    private readonly health: HealthChecks,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.succeededAt = performance.now();
    this.health.add('sla-watchdog', () => this.isReady());
    this.loop = this.sweep();
  }

  async onModuleDestroy(): Promise<void> {
    this.isStopping = true;
    this.wake?.();
    await this.loop;
  }

  /** A step was planned for then: no later look must do. */
  expect(dueAt: Date): void {
    if (this.offsetMs === null) return;
    this.expectedAt = Math.min(this.expectedAt, dueAt.getTime() - this.offsetMs);
    if (this.expectedAt < this.sleepsUntil) this.wake?.();
  }

  /** The database's time, as well as it is known; null before the first look. */
  databaseNow(): Date | null {
    return this.offsetMs === null ? null : new Date(performance.now() + this.offsetMs);
  }

  /** Whoever cannot fire is not ready, and says so. */
  isReady(): HealthVerdict {
    const age = performance.now() - this.succeededAt;
    return age <= notReadyAfterMs
      ? { isReady: true }
      : { isReady: false, why: `promises could not be watched for ${Math.round(age / 1_000)} s` };
  }

  private async sweep(): Promise<void> {
    while (!this.isStopping) await this.sleep(await this.lookOnce());
  }

  /** @returns how long to sleep. */
  private async lookOnce(): Promise<number> {
    this.expectedAt = Infinity;
    try {
      const outlook = await this.fires.outlook();
      this.offsetMs = outlook.now.getTime() - performance.now();
      const isDue = outlook.firstDueAt !== null && outlook.firstDueAt <= outlook.now;
      const fired = isDue ? await this.pass.run() : 0;
      await this.succeed();
      if (fired > 0) return 0;
      const nextMs = outlook.nextDueAt === null ? longestSleepMs : outlook.nextDueAt.getTime() - outlook.now.getTime();
      return Math.min(longestSleepMs, nextMs, ...(isDue ? [heldUpMs] : []));
    } catch (error) {
      if (!this.isFailing) this.logger.warn('promises cannot be watched', { error: describeError(error) });
      this.isFailing = true;
      sweeperAge.set((performance.now() - this.succeededAt) / 1_000);
      return afterFailureMs;
    }
  }

  private async succeed(): Promise<void> {
    if (this.isFailing) this.logger.info('promises are watched again');
    this.isFailing = false;
    this.succeededAt = performance.now();
    sweeperAge.set(0);
    if (this.succeededAt - this.countedAt < countEveryMs) return;
    this.countedAt = this.succeededAt;
    openClocks.set(await this.fires.openClocks());
  }

  private async sleep(milliseconds: number): Promise<void> {
    const now = performance.now();
    this.sleepsUntil = Math.min(now + milliseconds, this.expectedAt);
    const sleepMs = Math.ceil(this.sleepsUntil - now);
    if (this.isStopping || sleepMs <= 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, sleepMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = null;
    this.sleepsUntil = 0;
  }
}

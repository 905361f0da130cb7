import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Logger, describeError } from '@relance/logging';
import { Nudge } from '../steps/nudge.js';
import { Sweep } from '../steps/sweep.js';

const sweepEveryMs = 5_000;
const seldom = 720;

/**
 * Comes by every five seconds, and at once after a nudge: held leads go to whoever became eligible, people who left lose
 * their work, rests end. Once an hour it looks for holidays of a year that has come near.
 */
@Injectable()
export class SweepJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> | null = null;
  private isAskedAgain = false;
  private isStopped = false;
  private rounds = 0;

  constructor(
    private readonly sweep: Sweep,
    private readonly nudge: Nudge,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.nudge.onNudge(() => this.start());
    this.timer = setInterval(() => this.start(), sweepEveryMs);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    if (this.timer) clearInterval(this.timer);
    await this.running;
  }

  private start(): void {
    this.isAskedAgain = true;
    if (this.isStopped || this.running) return;
    this.running = this.run().finally(() => {
      this.running = null;
    });
  }

  private async run(): Promise<void> {
    while (this.isAskedAgain && !this.isStopped) {
      this.isAskedAgain = false;
      try {
        await this.sweep.once(this.rounds % seldom === 0);
        this.rounds += 1;
      } catch (error) {
        this.logger.warn('a sweep failed; the next one comes', { error: describeError(error) });
      }
    }
  }
}

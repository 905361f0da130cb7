import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { Jobs } from '@relance/jobs';
import { Logger, describeError } from '@relance/logging';
import { Db } from '@relance/postgres';
import { AlertRepository } from '../store/alert.repository.js';
import { sendEscalations } from './send-escalation.job.js';

const lookEveryMs = 1_000;
/** A storm asks to look at every commit. */
const shortestPauseMs = 200;
const overdueEveryMs = 15_000;

/**
 * Makes messages of what people are to be told, and resolves alerts that are over.
 *
 * A storm makes one message per recipient: the first breach of an alert is told at once, what joins later at most once
 * a minute.
 */
@Injectable()
export class AlertPost implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | null = null;
  private soon: NodeJS.Timeout | null = null;
  private current: Promise<void> | null = null;
  private isNudged = false;
  private isStopping = false;
  private overdueAt = 0;
  private lookedAt = -shortestPauseMs;

  constructor(
    private readonly db: Db,
    private readonly alerts: AlertRepository,
    private readonly jobs: Jobs,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.nudge(), lookEveryMs);
  }

  async onModuleDestroy(): Promise<void> {
    this.isStopping = true;
    if (this.timer) clearInterval(this.timer);
    if (this.soon) clearTimeout(this.soon);
    await this.current;
  }

  /** Looks at once, or at the next turn when it has only just looked. */
  nudge(): void {
    if (this.isStopping) return;
    this.isNudged = true;
    const now = performance.now();
    if (now - this.lookedAt < shortestPauseMs) {
      this.soon ??= setTimeout(() => {
        this.soon = null;
        this.nudge();
      }, shortestPauseMs);
      return;
    }
    this.lookedAt = now;
    this.current ??= this.lookOn().finally(() => {
      this.current = null;
      if (this.isNudged) this.nudge();
    });
  }

  private async lookOn(): Promise<void> {
    this.isNudged = false;
    try {
      await this.look();
    } catch (error) {
      this.logger.warn('alerts could not be looked at', { error: describeError(error) });
    }
  }

  private async look(): Promise<void> {
    if (!(await this.alerts.isQuiet())) {
      await this.db.transaction(async (tx) => {
        const made = await this.alerts.post(tx);
        await this.alerts.resolve(tx);
        tx.afterCommit(() => this.send(made));
      });
    }
    const now = performance.now();
    if (now - this.overdueAt < overdueEveryMs) return;
    this.overdueAt = now;
    this.send(await this.alerts.overdue());
  }

  /** A queue that is out of reach costs time only: what is not sent in a minute is sent again. */
  private send(escalations: readonly string[]): void {
    if (escalations.length === 0) return;
    this.jobs
      .schedule(
        sendEscalations,
        escalations.map((id) => ({ id })),
      )
      .catch((error: unknown) => {
        this.logger.warn('messages wait for their queue', { error: describeError(error) });
      });
  }
}

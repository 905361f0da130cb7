import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { Jobs } from '@relance/jobs';
import { Notifier, tellOwnerQueue } from '../steps/notifier.js';
import { OwnerLetters } from '../steps/owner-letters.js';

/** Tells owners by e-mail that a lead is theirs, and says what became of the letter. */
@Injectable()
export class TellOwnerJob implements OnApplicationBootstrap {
  constructor(
    private readonly delivery: OwnerLetters,
    private readonly notifier: Notifier,
    private readonly jobs: Jobs,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.notifier.isOn) return;
    this.jobs.work(tellOwnerQueue, (job) => this.delivery.send(job), {
      concurrency: 4,
      attempts: 8,
      backoffMs: 5_000,
      onGaveUp: (job, error) => this.delivery.giveUp(job, error),
    });
  }
}

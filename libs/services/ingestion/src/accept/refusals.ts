import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Logger, describeError } from '@relance/logging';
import { RefusalRepository } from '../store/refusal.repository.js';
import type { Refusal } from '../store/refusal.repository.js';

const writeAfterMs = 250;
const mostHeld = 500;
const mostKept = 1_000;

/**
 * Notes refused deliveries away from the request: held in memory for a moment, written together. A flood fills what is
 * held and no more; what cannot be written is given up, the sender was told anyway.
 */
@Injectable()
export class Refusals implements BeforeApplicationShutdown {
  private held: Refusal[] = [];
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly repository: RefusalRepository,
    private readonly logger: Logger,
  ) {}

  note(refusal: Refusal): void {
    if (this.held.length >= mostHeld) return;
    this.held.push(refusal);
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.write().catch((error: unknown) => {
        this.logger.warn('refused deliveries could not be noted', { error: describeError(error) });
      });
    }, writeAfterMs);
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    await this.write().catch((error: unknown) => {
      this.logger.warn('refused deliveries could not be noted', { error: describeError(error) });
    });
  }

  private async write(): Promise<void> {
    const refusals = this.held;
    this.held = [];
    if (refusals.length > 0) await this.repository.insert(refusals, mostKept);
  }
}

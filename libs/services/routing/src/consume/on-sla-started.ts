import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { SlaStarted } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { PromiseRepository } from '../store/promise.repository.js';

/** A promise runs: the inbox shows by when. */
@Controller()
export class OnSlaStarted {
  constructor(private readonly promises: PromiseRepository) {}

  @Consume('routing', SlaStarted)
  async handle(@Payload() events: readonly Envelope<SlaStarted>[], @Ctx() tx: Tx): Promise<void> {
    await this.promises.note(
      tx,
      events.map(({ data }) => ({ ...data, isRunning: true })),
    );
  }
}

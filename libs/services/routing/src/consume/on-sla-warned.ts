import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { SlaWarned } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { PromiseRepository } from '../store/promise.repository.js';

/** A promise falls due soon. It runs on, and its due time may have moved. */
@Controller()
export class OnSlaWarned {
  constructor(private readonly promises: PromiseRepository) {}

  @Consume('routing', SlaWarned)
  async handle(@Payload() events: readonly Envelope<SlaWarned>[], @Ctx() tx: Tx): Promise<void> {
    await this.promises.note(
      tx,
      events.map(({ data }) => ({ ...data, isRunning: true })),
    );
  }
}

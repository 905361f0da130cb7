import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { SlaMet } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { PromiseRepository } from '../store/promise.repository.js';

/** A promise was kept: who asks again begins a new round. */
@Controller()
export class OnSlaMet {
  constructor(private readonly promises: PromiseRepository) {}

  @Consume('routing', SlaMet)
  async handle(@Payload() events: readonly Envelope<SlaMet>[], @Ctx() tx: Tx): Promise<void> {
    await this.promises.note(
      tx,
      events.map(({ data }) => ({ ...data, isRunning: false })),
    );
  }
}

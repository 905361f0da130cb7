import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { SlaStopped } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { PromiseRepository } from '../store/promise.repository.js';

/** A promise ended without an answer being owed: who asks again begins a new round. */
@Controller()
export class OnSlaStopped {
  constructor(private readonly promises: PromiseRepository) {}

  @Consume('routing', SlaStopped)
  async handle(@Payload() events: readonly Envelope<SlaStopped>[], @Ctx() tx: Tx): Promise<void> {
    await this.promises.note(
      tx,
      events.map(({ data }) => ({ ...data, isRunning: false })),
    );
  }
}

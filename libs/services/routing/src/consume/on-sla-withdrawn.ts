import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { SlaWithdrawn } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { PromiseRepository } from '../store/promise.repository.js';

/** A breach was taken back: the promise was kept after all. The lead stays with whoever has it by now. */
@Controller()
export class OnSlaWithdrawn {
  constructor(private readonly promises: PromiseRepository) {}

  @Consume('routing', SlaWithdrawn)
  async handle(@Payload() events: readonly Envelope<SlaWithdrawn>[], @Ctx() tx: Tx): Promise<void> {
    await this.promises.note(
      tx,
      events.map(({ data }) => ({ ...data, isRunning: false })),
    );
  }
}

import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { SlaBreached, SlaMet, SlaStarted, SlaStopped, SlaWarned, SlaWithdrawn } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { ClockRepository } from '../store/clock.repository.js';
import type { ClockState } from '../store/clock.repository.js';
import { TimelineRepository } from '../store/timeline.repository.js';

/** The promises that run for a lead, and how each ended. */
@Controller()
export class OnPromise {
  constructor(
    private readonly clocks: ClockRepository,
    private readonly timeline: TimelineRepository,
  ) {}

  @Consume('desk', SlaStarted)
  async started(@Payload() events: readonly Envelope<SlaStarted>[], @Ctx() tx: Tx): Promise<void> {
    await this.clocks.start(tx, events);
    await this.timeline.append(tx, events);
  }

  @Consume('desk', SlaStopped)
  async stopped(@Payload() events: readonly Envelope<SlaStopped>[], @Ctx() tx: Tx): Promise<void> {
    await this.move(tx, events, 'stopped');
  }

  @Consume('desk', SlaWarned)
  async warned(@Payload() events: readonly Envelope<SlaWarned>[], @Ctx() tx: Tx): Promise<void> {
    await this.timeline.append(tx, events);
  }

  @Consume('desk', SlaBreached)
  async breached(@Payload() events: readonly Envelope<SlaBreached>[], @Ctx() tx: Tx): Promise<void> {
    await this.move(tx, events, 'breached');
  }

  @Consume('desk', SlaMet)
  async met(@Payload() events: readonly Envelope<SlaMet>[], @Ctx() tx: Tx): Promise<void> {
    await this.move(tx, events, 'met');
  }

  @Consume('desk', SlaWithdrawn)
  async withdrawn(@Payload() events: readonly Envelope<SlaWithdrawn>[], @Ctx() tx: Tx): Promise<void> {
    await this.move(tx, events, 'withdrawn');
  }

  private async move(tx: Tx, events: readonly Envelope<{ clockId: string }>[], state: ClockState): Promise<void> {
    await this.clocks.move(
      tx,
      events.map((event) => event.data.clockId),
      state,
    );
    await this.timeline.append(tx, events);
  }
}

import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { LeadEngaged } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { EngagementTaker } from '../engagement-taker.js';
import { toldAt } from './told-at.js';

/** Counts what a lead did; says so when it makes a difference. */
@Controller()
export class OnLeadEngaged {
  constructor(private readonly taker: EngagementTaker) {}

  @Consume('scoring', LeadEngaged)
  async handle(@Payload() events: readonly Envelope<LeadEngaged>[], @Ctx() tx: Tx): Promise<void> {
    const told = events.map((event) => ({
      parent: event,
      engagement: {
        leadId: event.data.leadId,
        eventId: event.id,
        kind: event.data.kind,
        at: toldAt(event.data.at, event),
        sourceKey: event.data.sourceKey,
        properties: event.data.properties,
      },
    }));
    await this.taker.take(tx, told, 'engagement');
  }
}

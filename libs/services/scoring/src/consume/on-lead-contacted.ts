import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { LeadContacted } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { EngagementTaker } from '../engagement-taker.js';
import { toldAt } from './told-at.js';

/** A follow-up that reached the person is an engagement, `call.reached`, with its outcome; one that did not is none. */
@Controller()
export class OnLeadContacted {
  constructor(private readonly taker: EngagementTaker) {}

  @Consume('scoring', LeadContacted)
  async handle(@Payload() events: readonly Envelope<LeadContacted>[], @Ctx() tx: Tx): Promise<void> {
    const told = events
      .filter((event) => event.data.grade === 'A')
      .map((event) => ({
        parent: event,
        engagement: {
          leadId: event.data.leadId,
          eventId: event.id,
          kind: `${event.data.channel}.reached`,
          at: toldAt(event.data.at, event),
          properties: { outcome: event.data.outcome },
        },
      }));
    await this.taker.take(tx, told, 'contact');
  }
}

import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { LeadContacted } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { ClockBook } from '../clocks/clock-book.js';
import { LeadRepository } from '../store/lead.repository.js';

/** A follow-up was made: it answers the promises of the lead, whoever has it by now. */
@Controller()
export class OnLeadContacted {
  constructor(
    private readonly leads: LeadRepository,
    private readonly book: ClockBook,
  ) {}

  @Consume('sla-watchdog', LeadContacted)
  async handle(@Payload() events: readonly Envelope<LeadContacted>[], @Ctx() tx: Tx): Promise<void> {
    await this.leads.keepContacts(
      tx,
      events.map(({ data, recordedat, position }) => ({
        ...data,
        statedAt: new Date(data.at),
        recordedAt: new Date(recordedat),
        position,
      })),
    );
    await this.book.foldContacts(tx, new Map(events.map((event) => [event.data.leadId, event])));
  }
}

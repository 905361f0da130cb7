import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { LeadMerged } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { ClockBook } from '../clocks/clock-book.js';
import { LeadRepository } from '../store/lead.repository.js';

/** Two leads are one person: a contact with one answers the promises to the other, also one that was made before. */
@Controller()
export class OnLeadMerged {
  constructor(
    private readonly leads: LeadRepository,
    private readonly book: ClockBook,
  ) {}

  @Consume('sla-watchdog', LeadMerged)
  async handle(@Payload() events: readonly Envelope<LeadMerged>[], @Ctx() tx: Tx): Promise<void> {
    await this.leads.merge(
      tx,
      events.map(({ data }) => data),
    );
    await this.book.foldContacts(tx, new Map(events.map((event) => [event.data.leadId, event])));
  }
}

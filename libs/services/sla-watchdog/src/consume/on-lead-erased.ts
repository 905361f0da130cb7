import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { LeadErased } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { ClockBook } from '../clocks/clock-book.js';
import { decideStop } from '../decide/decide-end.js';
import { ClockRepository } from '../store/clock.repository.js';
import { LeadRepository } from '../store/lead.repository.js';

/** The person is to be forgotten: nobody owes them an answer, and what comes later is dropped. */
@Controller()
export class OnLeadErased {
  constructor(
    private readonly leads: LeadRepository,
    private readonly clocks: ClockRepository,
    private readonly book: ClockBook,
  ) {}

  @Consume('sla-watchdog', LeadErased)
  async handle(@Payload() events: readonly Envelope<LeadErased>[], @Ctx() tx: Tx): Promise<void> {
    await this.leads.erase(
      tx,
      events.map(({ data, recordedat }) => ({ leadId: data.leadId, at: new Date(recordedat) })),
    );
    const byLead = new Map(events.map((event) => [event.data.leadId, event]));
    const locked = await this.clocks.lock(tx, [...byLead.keys()]);
    const changing = locked.flatMap((clock) => {
      const event = byLead.get(clock.leadId);
      const change = event && decideStop(clock, 'erased', new Date(event.recordedat));
      return change ? [{ clock, change, cause: event }] : [];
    });
    await this.book.change(tx, changing);
  }
}

import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { LeadUnmerged } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { LeadRepository } from '../store/lead.repository.js';

/** Two leads are two people again. What was answered meanwhile stays answered. */
@Controller()
export class OnLeadUnmerged {
  constructor(private readonly leads: LeadRepository) {}

  @Consume('sla-watchdog', LeadUnmerged)
  async handle(@Payload() events: readonly Envelope<LeadUnmerged>[], @Ctx() tx: Tx): Promise<void> {
    await this.leads.unmerge(
      tx,
      events.map(({ data }) => data),
    );
  }
}

import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { LeadEngaged } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { LeadRepository } from '../store/lead.repository.js';

/** They did something: the inbox shows it as a reason to call. */
@Controller()
export class OnLeadEngaged {
  constructor(private readonly leads: LeadRepository) {}

  @Consume('routing', LeadEngaged)
  async handle(@Payload() events: readonly Envelope<LeadEngaged>[], @Ctx() tx: Tx): Promise<void> {
    await this.leads.warm(
      tx,
      events.map(({ data }) => ({ leadId: data.leadId, kind: data.kind, at: new Date(data.at) })),
    );
  }
}

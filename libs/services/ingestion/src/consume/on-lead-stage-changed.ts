import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { LeadStageChanged } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { LeadRepository } from '../store/lead.repository.js';

/** Keeps how far each lead has come beside its details. A lead that was never here is passed over. */
@Controller()
export class OnLeadStageChanged {
  constructor(private readonly leads: LeadRepository) {}

  @Consume('ingestion', LeadStageChanged)
  async handle(@Payload() events: readonly Envelope<LeadStageChanged>[], @Ctx() tx: Tx): Promise<void> {
    await this.leads.setStages(
      tx,
      events.map(({ data }) => ({ leadId: data.leadId, stage: data.to })),
    );
  }
}

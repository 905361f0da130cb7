import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { LeadUnmerged } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { LeadScorer } from '../lead-scorer.js';
import { LeadRepository } from '../store/lead.repository.js';

/** Each lead counts what was addressed to it again. */
@Controller()
export class OnLeadUnmerged {
  constructor(
    private readonly leads: LeadRepository,
    private readonly scorer: LeadScorer,
  ) {}

  @Consume('scoring', LeadUnmerged)
  async handle(@Payload() events: readonly Envelope<LeadUnmerged>[], @Ctx() tx: Tx): Promise<void> {
    for (const event of events.filter(({ data }) => data.leadId === data.loserId)) {
      const { loserId, winnerId } = event.data;
      await this.leads.lock(tx, [loserId, winnerId]);
      await this.leads.unmerge(tx, loserId, winnerId);
      const held = await this.leads.lock(tx, [loserId, winnerId]);
      const leadIds = new Set([loserId, held.rootOf(winnerId)]);
      await this.scorer.rescore(
        tx,
        [...leadIds].map((leadId) => ({ leadId, parent: event })),
        held,
        'merge',
      );
    }
  }
}

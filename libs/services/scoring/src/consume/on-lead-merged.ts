import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { LeadMerged } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { LeadScorer } from '../lead-scorer.js';
import { LeadRepository } from '../store/lead.repository.js';

/** From now on the loser is the winner: what it did counts for the winner, who alone is scored. */
@Controller()
export class OnLeadMerged {
  constructor(
    private readonly leads: LeadRepository,
    private readonly scorer: LeadScorer,
  ) {}

  @Consume('scoring', LeadMerged)
  async handle(@Payload() events: readonly Envelope<LeadMerged>[], @Ctx() tx: Tx): Promise<void> {
    // Said under both keys; the loser's alone decides, so that a merge and its undoing are heard in their order.
    for (const event of events.filter(({ data }) => data.leadId === data.loserId)) {
      const { loserId, winnerId } = event.data;
      const held = await this.leads.lock(tx, [loserId, winnerId]);
      const rootId = held.rootOf(winnerId);
      if (rootId === loserId || held.isErased(loserId) || held.isErased(winnerId)) continue;
      await this.leads.merge(tx, loserId, winnerId);
      await this.scorer.rescore(tx, [{ leadId: rootId, parent: event }], held, 'merge');
    }
  }
}

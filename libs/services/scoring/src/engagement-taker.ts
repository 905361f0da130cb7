import { Injectable } from '@nestjs/common';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { LeadScorer } from './lead-scorer.js';
import { EngagementRepository } from './store/engagement.repository.js';
import type { ToldEngagement } from './store/engagement.repository.js';
import { LeadRepository } from './store/lead.repository.js';

/** An engagement and the event that told of it. */
export interface HeardEngagement {
  readonly engagement: ToldEngagement;
  readonly parent: Envelope;
}

/** Keeps engagements and scores their leads again. Those of a lead nobody has heard of yet count once it is received. */
@Injectable()
export class EngagementTaker {
  constructor(
    private readonly leads: LeadRepository,
    private readonly engagements: EngagementRepository,
    private readonly scorer: LeadScorer,
  ) {}

  async take(tx: Tx, told: readonly HeardEngagement[], cause: 'engagement' | 'contact'): Promise<void> {
    if (told.length === 0) return;
    const held = await this.leads.lock(
      tx,
      told.map(({ engagement }) => engagement.leadId),
    );
    const heard = told.filter(({ engagement }) => !held.isErased(engagement.leadId));
    await this.leads.makeKnown(
      tx,
      heard.map(({ engagement }) => engagement.leadId).filter((leadId) => held.stateOf(leadId).version === 0),
    );
    await this.engagements.add(
      tx,
      heard.map(({ engagement }) => engagement),
    );
    const parents = new Map(heard.map(({ engagement, parent }) => [held.rootOf(engagement.leadId), parent]));
    await this.scorer.rescore(
      tx,
      [...parents].map(([leadId, parent]) => ({ leadId, parent })),
      held,
      cause,
    );
  }
}

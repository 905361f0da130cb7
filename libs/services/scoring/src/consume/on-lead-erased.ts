import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Clock } from '@relance/clock';
import { Consume } from '@relance/event-log';
import { LeadErased } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { CoolingAlarms } from '../jobs/cooling-alarms.js';
import { EngagementRepository } from '../store/engagement.repository.js';
import { LeadRepository } from '../store/lead.repository.js';
import { OutcomeRepository } from '../store/outcome.repository.js';
import { ScoreRepository } from '../store/score.repository.js';

/** Forgets a person under every id they have, and keeps tombstones so that nothing brings them back. */
@Controller()
export class OnLeadErased {
  constructor(
    private readonly leads: LeadRepository,
    private readonly engagements: EngagementRepository,
    private readonly scores: ScoreRepository,
    private readonly outcomes: OutcomeRepository,
    private readonly alarms: CoolingAlarms,
    private readonly clock: Clock,
  ) {}

  @Consume('scoring', LeadErased)
  async handle(@Payload() events: readonly Envelope<LeadErased>[], @Ctx() tx: Tx): Promise<void> {
    for (const { data } of events) {
      const held = await this.leads.lock(tx, [data.leadId]);
      const leadIds = await this.leads.family(tx, held.rootOf(data.leadId));
      await this.leads.erase(tx, leadIds, this.clock.now());
      await this.engagements.forget(tx, leadIds);
      await this.scores.forget(tx, leadIds);
      await this.outcomes.forget(tx, leadIds);
      this.alarms.cancelAfterCommit(tx, leadIds);
    }
  }
}

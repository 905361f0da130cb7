import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '@relance/clock';
import { Jobs } from '@relance/jobs';
import { leadIdSchema } from '@relance/lead';
import type { LeadId } from '@relance/lead';
import { Db } from '@relance/postgres';
import type { Tx } from '@relance/postgres';
import { LeadScorer } from '../lead-scorer.js';
import { LeadRepository } from '../store/lead.repository.js';
import { rescoreQueue } from './cooling-alarms.js';

/**
 * Scores a lead again at the instant at which decay changes its score.
 *
 * The row says when; an alarm that rings although the row says otherwise finds nothing to do.
 */
@Injectable()
export class RescoreCooledLeads implements OnApplicationBootstrap {
  constructor(
    private readonly db: Db,
    private readonly jobs: Jobs,
    private readonly leads: LeadRepository,
    private readonly scorer: LeadScorer,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.work(
      rescoreQueue,
      async ({ id }) => {
        await this.db.transaction((tx) => this.rescore(tx, leadIdSchema.parse(id)));
      },
      { concurrency: 2 },
    );
  }

  private async rescore(tx: Tx, leadId: LeadId): Promise<void> {
    const held = await this.leads.lock(tx, [leadId]);
    const { changesAt } = held.stateOf(leadId);
    if (changesAt === null || changesAt > this.clock.now()) return;
    await this.scorer.rescore(tx, [{ leadId, parent: null }], held, 'decay');
  }
}

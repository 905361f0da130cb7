import { Controller, Get, Param } from '@nestjs/common';
import type { LeadScoreView } from '@relance/api';
import { Roles } from '@relance/auth';
import { leadIdSchema } from '@relance/lead';
import type { LeadId } from '@relance/lead';
import { Db } from '@relance/postgres';
import { LeadRepository } from '../store/lead.repository.js';
import { ScoreRepository } from '../store/score.repository.js';
import { ScoreNotFound } from './score-not-found.error.js';

const historyLength = 50;

/** Why a lead has the score it has, and which it had. */
@Controller('api/scoring/leads')
@Roles('administrator', 'manager', 'rep', 'operator', 'reader')
export class LeadScoresController {
  constructor(
    private readonly leads: LeadRepository,
    private readonly scores: ScoreRepository,
    private readonly db: Db,
  ) {}

  /** A merged lead's id answers with the winner. */
  @Get(':leadId')
  async score(@Param('leadId', { schema: leadIdSchema }) leadId: LeadId): Promise<LeadScoreView> {
    const root = await this.leads.rootOf(this.db, leadId);
    const history = root === null ? [] : await this.scores.history(this.db, root.leadId, historyLength);
    const [score] = history;
    if (root === null || score === undefined) throw new ScoreNotFound(leadId);
    return { leadId: root.leadId, score, changesAt: root.changesAt?.toISOString() ?? null, history };
  }
}

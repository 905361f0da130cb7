import { Controller, Get, Param, Query } from '@nestjs/common';
import { z } from 'zod';
import { Roles } from '@relance/auth';
import { Clock } from '@relance/clock';
import { decodeCursor, encodeCursor, pageOf, pageSchema } from '@relance/http';
import type { Page, PageQuery } from '@relance/http';
import { leadIdSchema } from '@relance/lead';
import type { LeadId } from '@relance/lead';
import { Db } from '@relance/postgres';
import { DecisionRepository } from '../store/decision.repository.js';
import type { DecisionView, ShareView } from '../store/decision.repository.js';
import { monthOf } from '../store/floor.repository.js';
import { LeadRepository } from '../store/lead.repository.js';

const ledgerQuerySchema = z.object({
  month: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
    .optional(),
});

@Controller('api/routing')
@Roles('administrator', 'manager', 'rep', 'operator', 'reader')
export class DecisionsController {
  constructor(
    private readonly decisions: DecisionRepository,
    private readonly leads: LeadRepository,
    private readonly db: Db,
    private readonly clock: Clock,
  ) {}

  /** "Why me?" and "why not me?", oldest first. A merged lead's id answers for the whole person. */
  @Get('leads/:leadId/decisions')
  async ofLead(
    @Param('leadId', { schema: leadIdSchema }) leadId: LeadId,
    @Query({ schema: pageSchema }) { limit, cursor }: PageQuery,
  ): Promise<Page<DecisionView>> {
    const after = cursor === undefined ? null : decodeCursor(z.uuid(), cursor);
    const family = await this.db.transaction((tx) => this.leads.family(tx, leadId));
    const rows = await this.decisions.ofLeads(family, after, limit + 1);
    return pageOf(rows, limit, (last) => encodeCursor(last.id));
  }

  /** The fairness ledger of a pool, for every member to see; this month's, or the one asked for. */
  @Get('pools/:pool/ledger')
  async ledger(
    @Param('pool') pool: string,
    @Query({ schema: ledgerQuerySchema }) { month }: z.infer<typeof ledgerQuerySchema>,
  ): Promise<{ month: string; items: ShareView[]; nextCursor: null }> {
    const asked = month ?? monthOf(this.clock.now());
    return { month: asked, items: await this.decisions.ledger(pool, asked), nextCursor: null };
  }
}

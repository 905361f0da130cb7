import { Injectable } from '@nestjs/common';
import type { LeadFacts, LeadId, Stage, SubmissionId } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import type { Alternative } from '../decide/join-facts.js';

/** A lead as it stands, locked by the transaction that read it. */
export interface LeadRow {
  readonly leadId: LeadId;
  readonly revision: number;
  readonly facts: LeadFacts;
  readonly alternatives: readonly Alternative[];
  /** The first submission. */
  readonly story: SubmissionId;
}

interface LockedRow {
  id: LeadId;
  revision: number;
  facts: LeadFacts | null;
  alternatives: readonly Alternative[] | null;
  story: SubmissionId;
  merged_into: LeadId | null;
  erased_at: Date | null;
}

const lockLeads = `
  select lead.id, lead.revision, coalesce(lead.facts, submission.facts) as facts, lead.alternatives, lead.story,
         lead.merged_into, lead.erased_at
  from ingestion.lead left join ingestion.submission on submission.id = lead.story
  where lead.id = any($1::uuid[]) order by lead.id for update of lead`;

const updateLeads = `
  update ingestion.lead set revision = said.revision, facts = said.facts::json, alternatives = said.alternatives::json
  from unnest($1::uuid[], $2::int[], $3::text[], $4::text[]) as said(id, revision, facts, alternatives)
  where lead.id = said.id`;

const addAlias = `
  insert into ingestion.lead (id, revision, story, merged_into) values ($1, 1, $2, $3) on conflict (id) do nothing`;

const setStages = `
  with moved as materialized (
    select lead.id, said.stage from ingestion.lead
    join unnest($1::uuid[], $2::text[]) as said(id, stage) on said.id = lead.id
    order by lead.id for update of lead
  )
  update ingestion.lead set stage = moved.stage from moved where lead.id = moved.id`;

@Injectable()
export class LeadRepository {
  /**
   * Locks leads in id order and reads them. A lead that proved to be another one is answered with that one; one that
   * was forgotten, or never was, is not answered.
   *
   * @returns by the id that was asked for.
   */
  async lock(tx: Tx, leadIds: readonly LeadId[]): Promise<Map<LeadId, LeadRow>> {
    const found = new Map<LeadId, LeadRow>();
    let asked = new Map(leadIds.map((leadId) => [leadId, [leadId]]));
    while (asked.size > 0) {
      const rows = await tx.query<LockedRow>(lockLeads, [[...asked.keys()]]);
      const winners = new Map<LeadId, LeadId[]>();
      for (const row of rows) {
        const askers = asked.get(row.id) ?? [];
        if (row.merged_into) winners.set(row.merged_into, [...(winners.get(row.merged_into) ?? []), ...askers]);
        else if (!row.erased_at && row.facts) for (const asker of askers) found.set(asker, leadRow(row, row.facts));
      }
      asked = winners;
    }
    return found;
  }

  async update(tx: Tx, leads: readonly LeadRow[]): Promise<void> {
    await tx.execute(updateLeads, [
      leads.map((lead) => lead.leadId),
      leads.map((lead) => lead.revision),
      leads.map((lead) => JSON.stringify(lead.facts)),
      leads.map((lead) => (lead.alternatives.length === 0 ? null : JSON.stringify(lead.alternatives))),
    ]);
  }

  /** A lead id that was told to somebody leads to the lead that it proved to be. */
  async addAlias(tx: Tx, alias: LeadId, story: SubmissionId, leadId: LeadId): Promise<void> {
    await tx.execute(addAlias, [alias, story, leadId]);
  }

  async setStages(tx: Tx, stages: readonly { leadId: LeadId; stage: Stage }[]): Promise<void> {
    await tx.execute(setStages, [stages.map(({ leadId }) => leadId), stages.map(({ stage }) => stage)]);
  }
}

function leadRow(row: LockedRow, facts: LeadFacts): LeadRow {
  return { leadId: row.id, revision: row.revision, facts, alternatives: row.alternatives ?? [], story: row.story };
}

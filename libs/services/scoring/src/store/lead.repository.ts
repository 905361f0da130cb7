import { Injectable } from '@nestjs/common';
import type { CompanyId, LeadFacts, LeadId } from '@relance/lead';
import type { Db, Tx } from '@relance/postgres';
import type { Said } from '../decide/decide-score.js';
import type { LeadState } from '../decide/lead-state.js';
import { LeadChangedMeanwhile } from './lead-changed-meanwhile.error.js';
import { LockedLeads } from './locked-leads.js';

const lockLeads = `
  select lead_id, facts, facts_revision, asks_for_contact, correlation_id, merged_into, erased_at, score_revision, said,
         changes_at, version
  from scoring.lead where lead_id = any($1::uuid[]) order by lead_id for update`;

const findWinners = `
  with recursive up as (
    select lead_id as loser, merged_into as winner from scoring.lead
    where lead_id = any($1::uuid[]) and merged_into is not null
    union
    select up.loser, lead.merged_into from up join scoring.lead on lead.lead_id = up.winner
    where lead.merged_into is not null
  )
  select loser, winner from up
  where not exists (select from scoring.lead where lead_id = up.winner and merged_into is not null)`;

const findFamily = `
  with recursive family as (
    select $1::uuid as id
    union
    select lead.lead_id from family join scoring.lead on lead.merged_into = family.id
  )
  select id from family`;

const upsertLeads = `
  insert into scoring.lead as kept
    (lead_id, facts, facts_revision, asks_for_contact, company_id, correlation_id, score_revision, said, changes_at, version)
  select lead_id, facts::json, facts_revision, asks_for_contact, company_id, correlation_id, score_revision, said::json,
         changes_at, version
  from unnest($1::uuid[], $2::text[], $3::int[], $4::boolean[], $5::uuid[], $6::text[], $7::int[], $8::text[],
              $9::timestamptz[], $10::int[])
    as given(lead_id, facts, facts_revision, asks_for_contact, company_id, correlation_id, score_revision, said,
             changes_at, version)
  on conflict (lead_id) do update
    set facts = excluded.facts, facts_revision = excluded.facts_revision, asks_for_contact = excluded.asks_for_contact,
        company_id = excluded.company_id, correlation_id = excluded.correlation_id,
        score_revision = excluded.score_revision, said = excluded.said, changes_at = excluded.changes_at,
        version = excluded.version
    where kept.version = excluded.version - 1`;

const updateScores = `
  update scoring.lead as kept
  set asks_for_contact = given.asks_for_contact, score_revision = given.score_revision, said = given.said::json,
      changes_at = given.changes_at, version = given.version
  from unnest($1::uuid[], $2::boolean[], $3::int[], $4::text[], $5::timestamptz[], $6::int[])
    as given(lead_id, asks_for_contact, score_revision, said, changes_at, version)
  where kept.lead_id = given.lead_id and kept.version = given.version - 1`;

const makeKnown = `
  insert into scoring.lead (lead_id, facts_revision, asks_for_contact, score_revision, version)
  select id, 0, false, 0, 1 from unnest($1::uuid[]) as id order by id on conflict do nothing`;

const setWinner = `
  insert into scoring.lead as kept (lead_id, facts_revision, asks_for_contact, merged_into, score_revision, version)
  values ($1, 0, false, $2, 0, 1)
  on conflict (lead_id) do update set merged_into = excluded.merged_into, changes_at = null, version = kept.version + 1
    where kept.erased_at is null`;

const unsetWinner =
  'update scoring.lead set merged_into = null, version = version + 1 where lead_id = $1 and merged_into = $2';

const eraseLeads = `
  insert into scoring.lead as kept (lead_id, facts_revision, asks_for_contact, erased_at, score_revision, version)
  select id, 0, false, $2, 0, 1 from unnest($1::uuid[]) as id
  on conflict (lead_id) do update
    set facts = null, company_id = null, asks_for_contact = false, correlation_id = null, said = null, changes_at = null,
        erased_at = coalesce(kept.erased_at, excluded.erased_at), version = kept.version + 1`;

const leadsOfCompanies = `
  select lead_id from scoring.lead
  where company_id = any($1::uuid[]) and merged_into is null and lead_id > $2 order by lead_id limit $3`;

const cooling = `
  select lead_id, changes_at from scoring.lead
  where changes_at <= $1 and (changes_at, lead_id) > ($2::timestamptz, $3::uuid) order by changes_at, lead_id limit $4`;

interface LeadRow {
  lead_id: LeadId;
  facts: LeadFacts | null;
  facts_revision: number;
  asks_for_contact: boolean;
  correlation_id: string | null;
  merged_into: LeadId | null;
  erased_at: Date | null;
  score_revision: number;
  said: Said | null;
  changes_at: Date | null;
  version: number;
}

/** Before every id, in Postgres's order of uuids. */
export const beforeAllLeads = '00000000-0000-0000-0000-000000000000' as LeadId;

/** What scoring keeps of leads. */
@Injectable()
export class LeadRepository {
  /** Takes the rows of leads, and of the winners of those that were merged, until the transaction ends. */
  async lock(tx: Tx, leadIds: readonly LeadId[]): Promise<LockedLeads> {
    const states = new Map((await this.take(tx, leadIds)).map((state) => [state.leadId, state]));
    const losers = [...states.values()].filter((state) => state.mergedInto !== null).map((state) => state.leadId);
    if (losers.length === 0) return new LockedLeads(states, new Map());

    const found = await tx.query<{ loser: LeadId; winner: LeadId }>(findWinners, [losers]);
    const winners = new Map(found.map(({ loser, winner }) => [loser, winner]));
    const more = [...new Set(winners.values())].filter((winner) => !states.has(winner));
    for (const state of more.length === 0 ? [] : await this.take(tx, more)) states.set(state.leadId, state);
    return new LockedLeads(states, winners);
  }

  /** Writes leads whole. @throws {LeadChangedMeanwhile} */
  async save(tx: Tx, leads: readonly LeadState[]): Promise<void> {
    if (leads.length === 0) return;
    const written = await tx.execute(upsertLeads, [
      leads.map((lead) => lead.leadId),
      leads.map((lead) => (lead.facts === null ? null : JSON.stringify(lead.facts))),
      leads.map((lead) => lead.factsRevision),
      leads.map((lead) => lead.asksForContact),
      leads.map((lead) => lead.facts?.company.companyId ?? null),
      leads.map((lead) => lead.correlationId),
      leads.map((lead) => lead.scoreRevision),
      leads.map((lead) => (lead.said === null ? null : JSON.stringify(lead.said))),
      leads.map((lead) => lead.changesAt),
      leads.map((lead) => lead.version + 1),
    ]);
    if (written !== leads.length) throw new LeadChangedMeanwhile({ expected: leads.length, written });
  }

  /** Writes what scoring again changes; facts stay as they are. @throws {LeadChangedMeanwhile} */
  async saveScores(tx: Tx, leads: readonly LeadState[]): Promise<void> {
    if (leads.length === 0) return;
    const written = await tx.execute(updateScores, [
      leads.map((lead) => lead.leadId),
      leads.map((lead) => lead.asksForContact),
      leads.map((lead) => lead.scoreRevision),
      leads.map((lead) => (lead.said === null ? null : JSON.stringify(lead.said))),
      leads.map((lead) => lead.changesAt),
      leads.map((lead) => lead.version + 1),
    ]);
    if (written !== leads.length) throw new LeadChangedMeanwhile({ expected: leads.length, written });
  }

  /** Makes a row for leads of which only something besides a submission was heard. */
  async makeKnown(tx: Tx, leadIds: readonly LeadId[]): Promise<void> {
    if (leadIds.length > 0) await tx.execute(makeKnown, [leadIds]);
  }

  /** The winner has a row from now on, even where nothing else was heard of it yet. */
  async merge(tx: Tx, loserId: LeadId, winnerId: LeadId): Promise<void> {
    await this.makeKnown(tx, [winnerId]);
    await tx.execute(setWinner, [loserId, winnerId]);
  }

  async unmerge(tx: Tx, loserId: LeadId, winnerId: LeadId): Promise<void> {
    await tx.execute(unsetWinner, [loserId, winnerId]);
  }

  /** The lead and every lead that was merged into it, at any remove. */
  async family(tx: Tx, rootId: LeadId): Promise<LeadId[]> {
    return (await tx.query<{ id: LeadId }>(findFamily, [rootId])).map(({ id }) => id);
  }

  /** Leaves tombstones. */
  async erase(tx: Tx, leadIds: readonly LeadId[], at: Date): Promise<void> {
    await tx.execute(eraseLeads, [leadIds, at]);
  }

  /** Leads of companies, by id, after one. */
  async ofCompanies(tx: Tx, companyIds: readonly CompanyId[], after: LeadId, limit: number): Promise<LeadId[]> {
    const rows = await tx.query<{ lead_id: LeadId }>(leadsOfCompanies, [companyIds, after, limit]);
    return rows.map((row) => row.lead_id);
  }

  /** Leads whose score changes by an instant, soonest first, after one of them. */
  async changingBy(
    db: Db,
    by: Date,
    after: { changesAt: Date; leadId: LeadId } | null,
    limit: number,
  ): Promise<{ leadId: LeadId; changesAt: Date }[]> {
    const rows = await db.query<{ lead_id: LeadId; changes_at: Date }>(cooling, [
      by,
      after?.changesAt ?? new Date(0),
      after?.leadId ?? beforeAllLeads,
      limit,
    ]);
    return rows.map((row) => ({ leadId: row.lead_id, changesAt: row.changes_at }));
  }

  /** The lead that is scored for an id, and when its score changes; null where there is no such lead, or no more. */
  async rootOf(db: Db, leadId: LeadId): Promise<{ leadId: LeadId; changesAt: Date | null } | null> {
    const [winner] = await db.query<{ winner: LeadId }>(findWinners, [[leadId]]);
    const rootId = winner?.winner ?? leadId;
    const [row] = await db.query<{ changes_at: Date | null }>(
      'select changes_at from scoring.lead where lead_id = $1 and erased_at is null',
      [rootId],
    );
    return row === undefined ? null : { leadId: rootId, changesAt: row.changes_at };
  }

  private async take(tx: Tx, leadIds: readonly LeadId[]): Promise<LeadState[]> {
    const rows = await tx.query<LeadRow>(lockLeads, [leadIds]);
    return rows.map((row) => ({
      leadId: row.lead_id,
      facts: row.facts,
      factsRevision: row.facts_revision,
      asksForContact: row.asks_for_contact,
      correlationId: row.correlation_id,
      mergedInto: row.merged_into,
      isErased: row.erased_at !== null,
      scoreRevision: row.score_revision,
      said: row.said,
      changesAt: row.changes_at,
      version: row.version,
    }));
  }
}

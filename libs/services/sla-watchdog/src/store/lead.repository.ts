import type { LeadId } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import type { RecordedContact } from '../decide/sla-clock.js';
import type { KnownScore } from '../decide/start-clocks.js';
import { askedAndKin } from './clock.repository.js';

/** A qualified verdict as conditions may ask for it. */
export interface ScoredLead extends KnownScore {
  readonly leadId: LeadId;
  readonly revision: number;
  readonly scoredAt: Date;
}

/** Facts about leads: scores, contacts, merges, tombstones. No contact details. Of a lead that is to be forgotten nothing more is kept. */
export class LeadRepository {
  /** The last qualified verdict of each lead that has one. */
  async scores(tx: Tx, leadIds: readonly LeadId[]): Promise<ReadonlyMap<LeadId, KnownScore>> {
    const rows = await tx.query<KnownScore & { leadId: LeadId }>(
      `select lead_id as "leadId", fit, engagement, grade, temperature from sla.score where lead_id = any($1::uuid[])`,
      [leadIds],
    );
    return new Map(rows.map(({ leadId, ...score }) => [leadId, score]));
  }

  /** Keeps the newest score of each lead. */
  async keepScores(tx: Tx, scores: readonly ScoredLead[]): Promise<void> {
    if (scores.length === 0) return;
    await tx.execute(
      `insert into sla.score as known (lead_id, revision, fit, engagement, grade, temperature, scored_at)
       select * from unnest(
         $1::uuid[], $2::integer[], $3::float8[], $4::float8[], $5::text[], $6::text[], $7::timestamptz[])
         as asked(lead_id, revision, fit, engagement, grade, temperature, scored_at)
       where not exists (select from sla.erased where erased.lead_id = asked.lead_id)
       on conflict (lead_id) do update set
         revision = excluded.revision, fit = excluded.fit, engagement = excluded.engagement, grade = excluded.grade,
         temperature = excluded.temperature, scored_at = excluded.scored_at
       where known.revision < excluded.revision`,
      [
        scores.map((score) => score.leadId),
        scores.map((score) => score.revision),
        scores.map((score) => score.fit),
        scores.map((score) => score.engagement),
        scores.map((score) => score.grade),
        scores.map((score) => score.temperature),
        scores.map((score) => score.scoredAt),
      ],
    );
  }

  /** Keeps contacts. One that is known stays as it is. */
  async keepContacts(tx: Tx, contacts: readonly RecordedContact[]): Promise<void> {
    if (contacts.length === 0) return;
    await tx.execute(
      `insert into sla.contact (
         contact_id, lead_id, round, grade, channel, stated_at, recorded_at, position, recorded_by)
       select * from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::text[], $5::text[], $6::timestamptz[],
         $7::timestamptz[], $8::bigint[], $9::text[])
         as asked(contact_id, lead_id, round, grade, channel, stated_at, recorded_at, position, recorded_by)
       where not exists (select from sla.erased where erased.lead_id = asked.lead_id)
       on conflict do nothing`,
      [
        contacts.map((contact) => contact.contactId),
        contacts.map((contact) => contact.leadId),
        contacts.map((contact) => contact.round),
        contacts.map((contact) => contact.grade),
        contacts.map((contact) => contact.channel),
        contacts.map((contact) => contact.statedAt),
        contacts.map((contact) => contact.recordedAt),
        contacts.map((contact) => contact.position),
        contacts.map((contact) => contact.recordedBy),
      ],
    );
  }

  /** The contacts of each lead and of those merged with it, by the lead asked for. */
  async contactsOf(tx: Tx, leadIds: readonly LeadId[]): Promise<ReadonlyMap<LeadId, RecordedContact[]>> {
    if (leadIds.length === 0) return new Map();
    const rows = await tx.query<RecordedContact & { askedFor: LeadId }>(
      `select asked.lead_id as "askedFor", contact.contact_id as "contactId", contact.lead_id as "leadId", contact.round,
         contact.grade, contact.channel, contact.stated_at as "statedAt", contact.recorded_at as "recordedAt",
         contact.position, contact.recorded_by as "recordedBy"
       from ${askedAndKin} as asked join sla.contact on contact.lead_id = asked.kin_id`,
      [leadIds],
    );
    return Map.groupBy(rows, (row) => row.askedFor);
  }

  /** Notes merges and what follows from them. */
  async merge(tx: Tx, merges: readonly { loserId: LeadId; winnerId: LeadId }[]): Promise<void> {
    await this.lockMerges(tx);
    await tx.execute(
      `insert into sla.merge (loser_id, winner_id)
       select * from unnest($1::uuid[], $2::uuid[]) on conflict do nothing`,
      [merges.map(({ loserId }) => loserId), merges.map(({ winnerId }) => winnerId)],
    );
    await this.relate(
      tx,
      merges.flatMap(({ loserId, winnerId }) => [loserId, winnerId]),
    );
  }

  async unmerge(tx: Tx, merges: readonly { loserId: LeadId; winnerId: LeadId }[]): Promise<void> {
    await this.lockMerges(tx);
    await tx.execute(
      `delete from sla.merge using unnest($1::uuid[], $2::uuid[]) as gone(loser_id, winner_id)
       where merge.loser_id = gone.loser_id and merge.winner_id = gone.winner_id`,
      [merges.map(({ loserId }) => loserId), merges.map(({ winnerId }) => winnerId)],
    );
    await this.relate(
      tx,
      merges.flatMap(({ loserId, winnerId }) => [loserId, winnerId]),
    );
  }

  /** Remembers that people are to be forgotten, and forgets what was thought of them. */
  async erase(tx: Tx, leads: readonly { leadId: LeadId; at: Date }[]): Promise<void> {
    const ids = leads.map(({ leadId }) => leadId);
    await tx.execute(
      `insert into sla.erased (lead_id, erased_at)
       select * from unnest($1::uuid[], $2::timestamptz[]) on conflict do nothing`,
      [ids, leads.map(({ at }) => at)],
    );
    await tx.execute('delete from sla.score where lead_id = any($1::uuid[])', [ids]);
  }

  /** Two merges that share a lead must see each other. */
  private async lockMerges(tx: Tx): Promise<void> {
    await tx.query(`select pg_advisory_xact_lock(hashtextextended('sla.merge', 1763800004))`);
  }

  /** Writes anew who is kin to whom, for everybody connected with these leads before or after. */
  private async relate(tx: Tx, leadIds: readonly LeadId[]): Promise<void> {
    const touched = await tx.query<{ id: LeadId }>(
      `select id from unnest($1::uuid[]) as id
       union select kin_id from sla.kinship where lead_id = any($1::uuid[])`,
      [leadIds],
    );
    const ids = touched.map(({ id }) => id);
    await tx.execute('delete from sla.kinship where lead_id = any($1::uuid[])', [ids]);
    await tx.execute(
      `with recursive kin(lead_id, kin_id) as (
         select id, id from unnest($1::uuid[]) as id
         union
         select kin.lead_id, case when merge.loser_id = kin.kin_id then merge.winner_id else merge.loser_id end
         from kin join sla.merge on merge.loser_id = kin.kin_id or merge.winner_id = kin.kin_id
       )
       insert into sla.kinship (lead_id, kin_id)
       select lead_id, kin_id from kin where lead_id <> kin_id
       union select kin_id, lead_id from kin where lead_id <> kin_id
       on conflict do nothing`,
      [ids],
    );
  }
}

import { Injectable } from '@nestjs/common';
import type { LeadId, Person } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import type { PhoneOwner } from '../decide/recognise-people.js';

const lockPhones = `
  select pg_advisory_xact_lock(number.lock) from (
    select distinct hashtextextended(phone, 7106401) as lock from unnest($1::text[]) as phone order by 1
  ) as number`;

const phoneOwners = `
  select known.phone, known.lead_id, coalesce(lead.facts, submission.facts) -> 'person' as person
  from ingestion.lead_phone known
  join ingestion.lead on lead.id = known.lead_id
  left join ingestion.submission on submission.id = lead.story
  where known.phone = any($1::text[]) and lead.erased_at is null and lead.merged_into is null`;

const claimEmails = `
  with said as materialized (
    select * from unnest($1::text[], $2::uuid[]) as said(email, lead_id)
  ), claimed as (
    insert into ingestion.lead_email as known (email, lead_id)
    select email, lead_id from said order by email
    on conflict (email) do update set lead_id = known.lead_id
    returning email, lead_id
  )
  select claimed.email, claimed.lead_id from claimed join said using (email) where claimed.lead_id <> said.lead_id`;

const moveEmails = `
  update ingestion.lead_email as known set lead_id = said.lead_id
  from unnest($1::text[], $2::uuid[]) as said(email, lead_id) where known.email = said.email`;

const forgetUnfounded = `
  delete from ingestion.lead_email known using unnest($1::text[], $2::uuid[]) as said(email, lead_id)
  where known.email = said.email and known.lead_id = said.lead_id
    and not exists (select from ingestion.lead where lead.id = said.lead_id)`;

/** Which lead an address or a number belongs to. */
@Injectable()
export class IdentityRepository {
  /**
   * Keeps others from deciding whose these numbers are until the transaction ends. Locks in one order, so two batches
   * cannot wait for each other.
   */
  async lockPhones(tx: Tx, phones: readonly string[]): Promise<void> {
    await tx.execute(lockPhones, [phones]);
  }

  /** Leads that were given with these numbers, with what they are called. Ask after {@link lockPhones}. */
  async phoneOwners(tx: Tx, phones: readonly string[]): Promise<Map<string, PhoneOwner[]>> {
    const rows = await tx.query<{ phone: string; lead_id: LeadId; person: Person | null }>(phoneOwners, [phones]);
    const owners = new Map<string, PhoneOwner[]>();
    for (const { phone, lead_id: leadId, person } of rows) {
      const owner: PhoneOwner = { leadId, hasEmail: person?.email !== undefined, person: person ?? {} };
      owners.set(phone, [...(owners.get(phone) ?? []), owner]);
    }
    return owners;
  }

  /**
   * Claims addresses for leads, in one order. Who finds one taken, also by a transaction that it had to wait for, joins.
   *
   * @returns the addresses that belong to another lead than the one claimed for.
   */
  async claimEmails(tx: Tx, claims: ReadonlyMap<string, LeadId>): Promise<Map<string, LeadId>> {
    const rows = await tx.query<{ email: string; lead_id: LeadId }>(claimEmails, [
      [...claims.keys()],
      [...claims.values()],
    ]);
    return new Map(rows.map((row) => [row.email, row.lead_id]));
  }

  /** Gives addresses that this transaction holds to other leads. */
  async moveEmails(tx: Tx, moves: ReadonlyMap<string, LeadId>): Promise<void> {
    await tx.execute(moveEmails, [[...moves.keys()], [...moves.values()]]);
  }

  /** Gives addresses free that were claimed for leads that nobody made. */
  async forgetUnfounded(tx: Tx, claims: ReadonlyMap<string, LeadId>): Promise<void> {
    await tx.execute(forgetUnfounded, [[...claims.keys()], [...claims.values()]]);
  }
}

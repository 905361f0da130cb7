import type { Tx } from '@relance/postgres';

/** What sending must know of a lead, besides its enrolments. */
export interface NurtureLead {
  /** The lead itself, or the one it proved to be. */
  readonly leadId: string;
  readonly openAssignmentId: string | null;
  readonly lastContactAt: Date | null;
  readonly isErased: boolean;
}

/** Follows merges to the lead that stands for each id now. Erased anywhere on the way is erased. */
const resolve = `
  with recursive chain (asked, lead_id, is_erased, depth) as (
    select lead.lead_id, lead.lead_id, lead.is_erased, 0 from nurture.lead where lead.lead_id = any($1::uuid[])
    union all
    select chain.asked, winner.lead_id, chain.is_erased or winner.is_erased, chain.depth + 1
    from chain
    join nurture.lead loser on loser.lead_id = chain.lead_id
    join nurture.lead winner on winner.lead_id = loser.merged_into
    where chain.depth < 20
  )
  select distinct on (asked) asked, lead_id, is_erased from chain order by asked, depth desc`;

const belonging = `
  with recursive family (lead_id, depth) as (
    select $1::uuid, 0
    union all
    select loser.lead_id, family.depth + 1
    from family join nurture.lead loser on loser.merged_into = family.lead_id where family.depth < 20
  )
  select distinct lead_id from family`;

export class LeadRepository {
  /** Locks leads, in the order of their ids, by the ids they were asked for; a lead that is new here gets its row. */
  async lock(tx: Tx, leadIds: readonly string[]): Promise<Map<string, NurtureLead>> {
    await tx.execute(
      'insert into nurture.lead (lead_id) select distinct id from unnest($1::uuid[]) as id order by id on conflict do nothing',
      [leadIds],
    );
    const resolved = await tx.query<{ asked: string; lead_id: string; is_erased: boolean }>(resolve, [leadIds]);
    const rows = await tx.query<{ lead_id: string; open_assignment_id: string | null; last_contact_at: Date | null }>(
      `select lead_id, open_assignment_id, last_contact_at from nurture.lead
       where lead_id = any($1::uuid[]) order by lead_id for update`,
      [resolved.map((row) => row.lead_id)],
    );
    const locked = new Map(rows.map((row) => [row.lead_id, row]));
    return new Map(
      resolved.map(({ asked, lead_id, is_erased }) => {
        const row = locked.get(lead_id);
        return [
          asked,
          {
            leadId: lead_id,
            openAssignmentId: row?.open_assignment_id ?? null,
            lastContactAt: row?.last_contact_at ?? null,
            isErased: is_erased,
          },
        ];
      }),
    );
  }

  /** @param assignments the open assignment of each lead, null for none. */
  async assign(tx: Tx, assignments: readonly { leadId: string; assignmentId: string | null }[]): Promise<void> {
    await tx.execute(
      `update nurture.lead set open_assignment_id = now.assignment_id
       from unnest($1::uuid[], $2::uuid[]) as now(lead_id, assignment_id) where lead.lead_id = now.lead_id`,
      [assignments.map(({ leadId }) => leadId), assignments.map(({ assignmentId }) => assignmentId)],
    );
  }

  async contact(tx: Tx, contacts: readonly { leadId: string; at: Date }[]): Promise<void> {
    await tx.execute(
      `update nurture.lead set last_contact_at = greatest(last_contact_at, said.at)
       from (select lead_id, max(at) as at from unnest($1::uuid[], $2::timestamptz[]) as one(lead_id, at) group by lead_id) said
       where lead.lead_id = said.lead_id`,
      [contacts.map(({ leadId }) => leadId), contacts.map(({ at }) => at)],
    );
  }

  /** From now on the loser's id means the winner, who takes over what is known of the loser. */
  async merge(tx: Tx, winner: NurtureLead, loserId: string): Promise<void> {
    await tx.execute('update nurture.lead set merged_into = $1 where lead_id = $2', [winner.leadId, loserId]);
    await tx.execute(
      `update nurture.lead winner
       set open_assignment_id = coalesce(winner.open_assignment_id, loser.open_assignment_id),
           last_contact_at = greatest(winner.last_contact_at, loser.last_contact_at)
       from nurture.lead loser where winner.lead_id = $1 and loser.lead_id = $2`,
      [winner.leadId, loserId],
    );
  }

  /** The loser stands for itself again, with what it had when it was merged. @returns it and whoever had proved to be it. */
  async unmerge(tx: Tx, winnerId: string, loserId: string): Promise<readonly string[]> {
    await tx.execute('update nurture.lead set merged_into = null where lead_id = $1', [loserId]);
    await tx.execute(
      `update nurture.lead winner set open_assignment_id = null
       from nurture.lead loser
       where winner.lead_id = $1 and loser.lead_id = $2 and winner.open_assignment_id = loser.open_assignment_id`,
      [winnerId, loserId],
    );
    return (await tx.query<{ lead_id: string }>(belonging, [loserId])).map((row) => row.lead_id);
  }

  /** The row stays as the tombstone that keeps later news out. */
  async forget(tx: Tx, leadIds: readonly string[]): Promise<void> {
    await tx.execute(
      `insert into nurture.lead as lead (lead_id, is_erased) select distinct id, true from unnest($1::uuid[]) as id order by id
       on conflict (lead_id) do update set is_erased = true, open_assignment_id = null, last_contact_at = null`,
      [leadIds],
    );
  }
}

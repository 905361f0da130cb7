import type { Envelope, LeadReceived, LeadScored } from '@relance/events';
import type { Stage } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import type { Standing } from '../decide/fold-lead.js';
import { searchText } from '../decide/search-text.js';

/** A lead may be heard of first by any of its events: whichever comes makes the row. */
const receive = `
  insert into desk.lead as lead (lead_id, stage, is_test, facts_revision, facts, alternatives, search, first_position)
  select heard.lead_id, 'received', heard.is_test, heard.revision, heard.facts, heard.alternatives, heard.search, heard.position
  from rows from (
    unnest($1::uuid[], $2::boolean[], $3::int[], $4::text[], $5::bigint[]), json_array_elements($6::json), json_array_elements($7::json)
  ) as heard(lead_id, is_test, revision, search, position, facts, alternatives)
  on conflict (lead_id) do update
    set is_test = excluded.is_test, facts_revision = excluded.facts_revision, facts = excluded.facts,
        alternatives = excluded.alternatives, search = excluded.search
    where lead.facts_revision < excluded.facts_revision and not lead.is_erased`;

const score = `
  update desk.lead set score_revision = heard.revision, verdict = heard.verdict, score = heard.score
  from rows from (unnest($1::uuid[], $2::int[], $3::text[]), json_array_elements($4::json)) as heard(lead_id, revision, verdict, score)
  where lead.lead_id = heard.lead_id and lead.score_revision < heard.revision and not lead.is_erased`;

const stand = `
  update desk.lead set stage = heard.stage, owner = heard.owner, assignment_id = heard.assignment_id
  from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[]) as heard(lead_id, stage, owner, assignment_id)
  where lead.lead_id = heard.lead_id`;

/** What the desk shows of each lead. */
export class LeadRepository {
  async receive(tx: Tx, events: readonly Envelope<LeadReceived>[]): Promise<void> {
    await tx.execute(receive, [
      events.map((event) => event.data.leadId),
      events.map((event) => event.data.test),
      events.map((event) => event.data.revision),
      events.map((event) => searchText(event.data.facts)),
      events.map((event) => event.position),
      JSON.stringify(events.map((event) => event.data.facts)),
      JSON.stringify(events.map((event) => event.data.alternatives ?? [])),
    ]);
  }

  async score(tx: Tx, events: readonly Envelope<LeadScored>[]): Promise<void> {
    await tx.execute(score, [
      events.map((event) => event.data.leadId),
      events.map((event) => event.data.revision),
      events.map((event) => event.data.verdict),
      JSON.stringify(events.map(({ data: { facts: _facts, leadId: _leadId, ...kept } }) => kept)),
    ]);
  }

  /** Where leads stand, for a fold; a lead that is not known is left out. */
  async standings(tx: Tx, leadIds: readonly string[]): Promise<Map<string, Standing>> {
    const rows = await tx.query<{ lead_id: string; stage: Stage; owner: string | null; assignment_id: string | null }>(
      'select lead_id, stage, owner, assignment_id from desk.lead where lead_id = any($1::uuid[])',
      [leadIds],
    );
    return new Map(
      rows.map((row) => [row.lead_id, { stage: row.stage, owner: row.owner, assignmentId: row.assignment_id }]),
    );
  }

  async stand(tx: Tx, standings: ReadonlyMap<string, Standing>): Promise<void> {
    const all = [...standings];
    await tx.execute(stand, [
      all.map(([leadId]) => leadId),
      all.map(([, standing]) => standing.stage),
      all.map(([, standing]) => standing.owner),
      all.map(([, standing]) => standing.assignmentId),
    ]);
  }

  async merge(tx: Tx, merges: readonly { winnerId: string; loserId: string }[]): Promise<void> {
    await tx.execute(
      `update desk.lead set merged_into = merge.winner from unnest($1::uuid[], $2::uuid[]) as merge(winner, loser) where lead.lead_id = merge.loser`,
      [merges.map((merge) => merge.winnerId), merges.map((merge) => merge.loserId)],
    );
  }

  async unmerge(tx: Tx, loserIds: readonly string[]): Promise<void> {
    await tx.execute('update desk.lead set merged_into = null where lead_id = any($1::uuid[])', [loserIds]);
  }

  /** What stays is the id with its dates; the row is also the tombstone that keeps later news out. */
  async forget(tx: Tx, leadIds: readonly string[]): Promise<void> {
    await tx.execute(
      `insert into desk.lead as lead (lead_id, stage, is_test, is_erased, first_position)
       select id, 'stopped', false, true, 0 from unnest($1::uuid[]) as id
       on conflict (lead_id) do update
         set is_erased = true, facts = null, alternatives = null, search = '', score = null, verdict = null, owner = null, assignment_id = null`,
      [leadIds],
    );
  }

  async forgetFrom(tx: Tx, position: number): Promise<void> {
    await tx.execute('delete from desk.lead where first_position >= $1 and not is_erased', [position]);
  }
}

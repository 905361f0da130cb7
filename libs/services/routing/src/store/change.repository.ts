import { Injectable } from '@nestjs/common';
import { newId } from '@relance/events';
import type { MemberKey } from '@relance/lead';
import { LostRace } from '@relance/postgres';
import type { SqlValue, Tx } from '@relance/postgres';
import type { LeadState } from '../decide/lead-state.js';
import type { Changes } from '../steps/changes.js';
import { monthOf } from './floor.repository.js';

/** Rows of leads: columns as arrays, and what is JSON anyway as one JSON array, which needs no escaping twice. */
const insertLeads = `
  insert into routing.lead (id, stage, round, round_started_at, contacted, score_revision, temperature, correlation_id,
    is_test, rests_until, last_owner, facts, score)
  select id, stage, round, round_started_at, contacted, score_revision, temperature, correlation_id, is_test, rests_until,
    last_owner, nullif(facts::text, 'null')::json, nullif(score::text, 'null')::json
  from rows from (
    unnest($1::uuid[], $2::text[], $3::int[], $4::timestamptz[], $5::text[], $6::int[], $7::text[], $8::uuid[], $9::boolean[],
      $10::timestamptz[], $11::text[]),
    json_array_elements($12::json), json_array_elements($13::json)
  ) as lead(id, stage, round, round_started_at, contacted, score_revision, temperature, correlation_id, is_test, rests_until,
    last_owner, facts, score)
  on conflict (id) do nothing`;

const updateLeads = `
  update routing.lead set stage = changed.stage, round = changed.round, round_started_at = changed.round_started_at,
    contacted = changed.contacted, score_revision = changed.score_revision, temperature = changed.temperature,
    correlation_id = changed.correlation_id, is_test = changed.is_test, rests_until = changed.rests_until,
    last_owner = changed.last_owner, facts = coalesce(nullif(changed.facts::text, 'null')::json, lead.facts),
    score = nullif(changed.score::text, 'null')::json
  from rows from (
    unnest($1::uuid[], $2::text[], $3::int[], $4::timestamptz[], $5::text[], $6::int[], $7::text[], $8::uuid[], $9::boolean[],
      $10::timestamptz[], $11::text[]),
    json_array_elements($12::json), json_array_elements($13::json)
  ) as changed(id, stage, round, round_started_at, contacted, score_revision, temperature, correlation_id, is_test,
    rests_until, last_owner, facts, score)
  where lead.id = changed.id`;

const endAssignments = `
  update routing.assignment set ended_at = $3, ended_for = ended.ended_for
  from unnest($1::uuid[], $2::text[]) as ended(id, ended_for) where assignment.id = ended.id`;

const insertAssignments = `
  insert into routing.assignment (id, lead_id, member, team, kind, round, pool, rule, why, month, assigned_at)
  select id, lead_id, member, team, kind, round, pool, rule, why, $10, $11
  from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[], $8::text[], $9::text[])
    as assigned(id, lead_id, member, team, kind, round, pool, rule, why)`;

const moveLoads = `
  with locked as materialized (
    select member_load.member, moved.by from routing.member_load
    join unnest($1::text[], $2::int[]) as moved(member, by) on moved.member = member_load.member
    order by member_load.member for update of member_load
  )
  update routing.member_load set open_work = open_work + locked.by from locked where member_load.member = locked.member`;

const insertDecisions = `
  insert into routing.decision (id, lead_id, assignment_id, kind, chosen, rule, pool, strategy, tie_break, version, why,
    candidates, path, at)
  select id, lead_id, assignment_id, kind, chosen, rule, pool, strategy, tie_break, version, why, candidates, path, $14
  from rows from (
    unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
      $10::int[], $11::text[]),
    json_array_elements($12::json), json_array_elements($13::json)
  ) as decided(id, lead_id, assignment_id, kind, chosen, rule, pool, strategy, tie_break, version, why, candidates, path)`;

const insertHoldings = `
  insert into routing.holding (id, lead_id, pool, rule, waits_for, version, since)
  select id, lead_id, pool, rule, waits_for, version, $7
  from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::int[])
    as held(id, lead_id, pool, rule, waits_for, version)`;

/** Writes what a transaction collected: each table once, in one order. */
@Injectable()
export class ChangeRepository {
  /** @throws {LostRace} when another transaction wrote one of the new leads meanwhile. */
  async write(tx: Tx, changes: Changes): Promise<void> {
    await this.writeLeads(tx, changes);
    await this.endAssignments(tx, changes);
    await this.insertAssignments(tx, changes);
    await this.moveLoads(tx, changes);
    await this.writeHoldings(tx, changes);
    await this.insertDecisions(tx, changes);
  }

  private async writeLeads(tx: Tx, changes: Changes): Promise<void> {
    const fresh = changes.newLeads();
    if (fresh.length > 0) {
      const inserted = await tx.execute(
        insertLeads,
        leadColumns(fresh, () => true),
      );
      if (inserted < fresh.length) throw new LostRace(new Error('A new lead was written by another transaction'));
    }
    const changed = changes.changedLeads();
    if (changed.length === 0) return;
    const withNewFacts = new Set(changed.filter(({ hasNewFacts }) => hasNewFacts).map(({ state }) => state));
    await tx.execute(
      updateLeads,
      leadColumns(
        changed.map(({ state }) => state),
        (state) => withNewFacts.has(state),
      ),
    );
  }

  private async endAssignments(tx: Tx, { ended, now }: Changes): Promise<void> {
    if (ended.length === 0) return;
    await tx.execute(endAssignments, [
      ended.map(({ assignmentId }) => assignmentId),
      ended.map(({ endedFor }) => endedFor),
      now,
    ]);
  }

  private async insertAssignments(tx: Tx, { assigned, rounds, now }: Changes): Promise<void> {
    if (rounds.length > 0)
      await tx.execute(
        'update routing.assignment set round = asked.round from unnest($1::uuid[], $2::int[]) as asked(id, round) where assignment.id = asked.id',
        [rounds.map(({ assignmentId }) => assignmentId), rounds.map(({ round }) => round)],
      );
    if (assigned.length === 0) return;
    await tx.execute(insertAssignments, [
      assigned.map(({ assignmentId }) => assignmentId),
      assigned.map(({ leadId }) => leadId),
      assigned.map(({ member }) => member),
      assigned.map(({ team }) => team),
      assigned.map(({ kind }) => kind),
      assigned.map(({ round }) => round),
      assigned.map(({ pool }) => pool),
      assigned.map(({ rule }) => rule),
      assigned.map(({ why }) => why),
      monthOf(now),
      now,
    ]);
    const counted = assigned.filter(({ isCounted }) => isCounted).map(({ member }) => member);
    if (counted.length > 0)
      await tx.execute(
        'insert into routing.rate_count (member, at) select member, $2 from unnest($1::text[]) as member',
        [counted, now],
      );
  }

  private async moveLoads(tx: Tx, { assigned, ended }: Changes): Promise<void> {
    const moves = new Map<MemberKey, number>();
    for (const { member } of assigned) moves.set(member, (moves.get(member) ?? 0) + 1);
    for (const { member } of ended) moves.set(member, (moves.get(member) ?? 0) - 1);
    const moved = [...moves].filter(([, by]) => by !== 0);
    if (moved.length === 0) return;
    await tx.execute(moveLoads, [moved.map(([member]) => member), moved.map(([, by]) => by)]);
  }

  private async writeHoldings(tx: Tx, { held, released, now }: Changes): Promise<void> {
    if (released.length > 0)
      await tx.execute(
        `update routing.holding set ended_at = $3, ended_for = released.ended_for
         from unnest($1::uuid[], $2::text[]) as released(id, ended_for) where holding.id = released.id`,
        [released.map(({ holdingId }) => holdingId), released.map(({ endedFor }) => endedFor), now],
      );
    if (held.length === 0) return;
    await tx.execute(insertHoldings, [
      held.map(({ holdingId }) => holdingId),
      held.map(({ leadId }) => leadId),
      held.map(({ pool }) => pool),
      held.map(({ rule }) => rule),
      held.map(({ waitsFor }) => waitsFor),
      held.map(({ version }) => version),
      now,
    ]);
  }

  private async insertDecisions(tx: Tx, { decisions, now }: Changes): Promise<void> {
    if (decisions.length === 0) return;
    await tx.execute(insertDecisions, [
      decisions.map(() => newId()),
      decisions.map(({ leadId }) => leadId),
      decisions.map(({ assignmentId }) => assignmentId),
      decisions.map(({ kind }) => kind),
      decisions.map(({ chosen }) => chosen),
      decisions.map(({ reasoning }) => reasoning.rule),
      decisions.map(({ reasoning }) => reasoning.pool),
      decisions.map(({ reasoning }) => reasoning.strategy),
      decisions.map(({ reasoning }) => reasoning.tieBreak),
      decisions.map(({ reasoning }) => reasoning.version),
      decisions.map(({ reasoning }) => reasoning.why),
      JSON.stringify(decisions.map(({ reasoning }) => reasoning.candidates)),
      JSON.stringify(decisions.map(({ reasoning }) => reasoning.path)),
      now,
    ]);
  }
}

function leadColumns(leads: readonly LeadState[], hasFacts: (lead: LeadState) => boolean): SqlValue[] {
  return [
    leads.map((lead) => lead.leadId),
    leads.map((lead) => lead.stage),
    leads.map((lead) => lead.round),
    leads.map((lead) => lead.roundStartedAt?.toISOString() ?? null),
    leads.map((lead) => lead.contacted),
    leads.map((lead) => lead.scoreRevision),
    leads.map((lead) => lead.score?.temperature ?? null),
    leads.map((lead) => lead.correlationId),
    leads.map((lead) => lead.isTest),
    leads.map((lead) => lead.restsUntil?.toISOString() ?? null),
    leads.map((lead) => lead.lastOwner),
    JSON.stringify(leads.map((lead) => (hasFacts(lead) ? lead.facts : null))),
    JSON.stringify(leads.map((lead) => lead.score)),
  ];
}

import { Injectable } from '@nestjs/common';
import type {
  AssignmentId,
  Grade,
  HoldingId,
  LeadFacts,
  LeadId,
  MemberKey,
  PoolKey,
  RuleKey,
  Stage,
  TeamKey,
} from '@relance/lead';
import type { Tx } from '@relance/postgres';
import type { AssignmentKind, LeadState, ScoreSummary } from '../decide/lead-state.js';

/** What the present round has cost so far. */
export interface Losses {
  readonly lost: ReadonlySet<MemberKey>;
  /** How often it was taken away for silence. */
  readonly silences: number;
}

const lockLeads = `
  select id, merged_into from routing.lead where id = any($1::uuid[]) order by id for update`;

const readLeads = `
  select lead.id, lead.stage, lead.round, lead.round_started_at, lead.contacted, lead.facts, lead.score,
         lead.score_revision, lead.correlation_id, lead.is_test, lead.erased_at, lead.rests_until, lead.last_owner,
         assignment.id as assignment_id, assignment.member, assignment.team, assignment.kind,
         assignment.pool, assignment.rule, promise.running, promise.ended,
         holding.id as holding_id, holding.pool as holding_pool, holding.rule as holding_rule
  from routing.lead
  left join routing.assignment on assignment.lead_id = lead.id and assignment.ended_at is null
  left join routing.holding on holding.lead_id = lead.id and holding.ended_at is null
  left join lateral (
    select bool_or(is_running) as running, bool_or(not is_running) as ended from routing.promise
    where promise.assignment_id = assignment.id and promise.round = lead.round
  ) promise on assignment.id is not null
  where lead.id = any($1::uuid[])`;

const readLosses = `
  select assignment.lead_id, assignment.member, assignment.ended_for from routing.assignment
  join routing.lead on lead.id = assignment.lead_id and lead.round = assignment.round
  where assignment.lead_id = any($1::uuid[]) and assignment.ended_at is not null`;

const readFamily = `
  with recursive up as (
    select id, merged_into from routing.lead where id = $1::uuid
    union select lead.id, lead.merged_into from routing.lead join up on lead.id = up.merged_into
  ), family as (
    select id from up where merged_into is null
    union select lead.id from routing.lead join family on lead.merged_into = family.id
  )
  select id from family`;

interface LeadRow {
  id: LeadId;
  stage: Stage;
  round: number;
  round_started_at: Date | null;
  contacted: Grade | null;
  facts: LeadFacts | null;
  score: ScoreSummary | null;
  score_revision: number;
  correlation_id: string | null;
  is_test: boolean;
  erased_at: Date | null;
  rests_until: Date | null;
  last_owner: MemberKey | null;
  assignment_id: AssignmentId | null;
  member: MemberKey;
  team: TeamKey;
  kind: AssignmentKind;
  pool: PoolKey | null;
  rule: RuleKey | null;
  running: boolean | null;
  ended: boolean | null;
  holding_id: HoldingId | null;
  holding_pool: PoolKey | null;
  holding_rule: RuleKey | null;
}

/** Leads as routing knows them: read under their locks, in order of their ids. */
@Injectable()
export class LeadRepository {
  /**
   * Locks leads until the transaction ends and reads them. An id that was merged answers with the winner; ids that
   * routing has heard nothing of are absent.
   */
  async lock(tx: Tx, ids: readonly LeadId[]): Promise<Map<LeadId, LeadState>> {
    const winnerOf = await this.lockWithWinners(tx, [...new Set(ids)]);
    const winners = [...new Set([...winnerOf.values()].filter((id) => !winnerOf.has(id) || winnerOf.get(id) === id))];
    if (winners.length === 0) return new Map();
    // A statement of its own: what it sees was committed before the locks were granted.
    const rows = await tx.query<LeadRow>(readLeads, [winners]);
    const states = new Map(rows.map((row) => [row.id, stateOf(row)]));
    return new Map(
      [...new Set(ids)].flatMap((id) => {
        const state = states.get(followed(id, winnerOf));
        return state ? [[id, state] as const] : [];
      }),
    );
  }

  async losses(tx: Tx, ids: readonly LeadId[]): Promise<Map<LeadId, Losses>> {
    const losses = new Map<LeadId, { lost: Set<MemberKey>; silences: number }>();
    if (ids.length === 0) return losses;
    const rows = await tx.query<{ lead_id: LeadId; member: MemberKey; ended_for: string }>(readLosses, [ids]);
    for (const row of rows) {
      const known = losses.get(row.lead_id) ?? { lost: new Set<MemberKey>(), silences: 0 };
      known.lost.add(row.member);
      if (row.ended_for === 'silence') known.silences += 1;
      losses.set(row.lead_id, known);
    }
    return losses;
  }

  /** Every id of one person: the winner's and those that were merged into it. Empty when the lead is not known. */
  async family(tx: Tx, id: LeadId): Promise<LeadId[]> {
    const rows = await tx.query<{ id: LeadId }>(readFamily, [id]);
    return rows.map((row) => row.id);
  }

  async forget(tx: Tx, ids: readonly LeadId[]): Promise<void> {
    await tx.execute(
      `insert into routing.lead (id, stage, round, score_revision, is_test, erased_at)
       select id, 'received', 0, 0, false, clock_timestamp() from unnest($1::uuid[]) as erased(id)
       on conflict (id) do update set erased_at = clock_timestamp(), facts = null, score = null, temperature = null,
         warm_reason = null, warm_at = null, rests_until = null`,
      [ids],
    );
    await tx.execute("update routing.contact set note = null, wishes = '{}' where lead_id = any($1::uuid[])", [ids]);
    await tx.execute('update routing.work set note = null where lead_id = any($1::uuid[])', [ids]);
  }

  /** Notes why it is worth calling them now. Erased and merged leads are passed over. */
  async warm(tx: Tx, engaged: readonly { leadId: LeadId; kind: string; at: Date }[]): Promise<void> {
    await tx.execute(
      `update routing.lead set warm_reason = engaged.kind, warm_at = engaged.at
       from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as engaged(id, kind, at)
       where lead.id = engaged.id and lead.erased_at is null and (lead.warm_at is null or lead.warm_at < engaged.at)`,
      [engaged.map(({ leadId }) => leadId), engaged.map(({ kind }) => kind), engaged.map(({ at }) => at)],
    );
  }

  private async lockWithWinners(tx: Tx, ids: readonly LeadId[]): Promise<Map<LeadId, LeadId>> {
    const winnerOf = new Map<LeadId, LeadId>();
    for (let wanted = ids; wanted.length > 0;) {
      const rows = await tx.query<{ id: LeadId; merged_into: LeadId | null }>(lockLeads, [wanted]);
      for (const row of rows) winnerOf.set(row.id, row.merged_into ?? row.id);
      wanted = rows.flatMap((row) => (row.merged_into && !winnerOf.has(row.merged_into) ? [row.merged_into] : []));
    }
    return winnerOf;
  }
}

function followed(id: LeadId, winnerOf: ReadonlyMap<LeadId, LeadId>): LeadId {
  let at = id;
  for (let next = winnerOf.get(at); next !== undefined && next !== at; next = winnerOf.get(at)) at = next;
  return at;
}

function stateOf(row: LeadRow): LeadState {
  return {
    leadId: row.id,
    stage: row.stage,
    round: row.round,
    roundStartedAt: row.round_started_at,
    contacted: row.contacted,
    hasRunningPromise: row.running ?? false,
    hasEndedPromise: row.ended ?? false,
    facts: row.facts,
    score: row.score,
    scoreRevision: row.score_revision,
    correlationId: row.correlation_id,
    isTest: row.is_test,
    isErased: row.erased_at !== null,
    restsUntil: row.rests_until,
    lastOwner: row.last_owner,
    assignment:
      row.assignment_id === null
        ? null
        : {
            assignmentId: row.assignment_id,
            member: row.member,
            team: row.team,
            kind: row.kind,
            pool: row.pool,
            rule: row.rule,
          },
    holding:
      row.holding_id === null ? null : { holdingId: row.holding_id, pool: row.holding_pool, rule: row.holding_rule },
  };
}

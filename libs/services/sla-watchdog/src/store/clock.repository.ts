import type { AssignmentId, ClockId, LeadId } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import type { ClockChange, SlaClock } from '../decide/sla-clock.js';
import type { NewClock } from '../decide/start-clocks.js';

/** The columns of a clock as decisions take it. */
export const clockColumns = `
  clock.id, clock.lead_id as "leadId", clock.policy, clock.policy_version as "policyVersion", clock.milestone,
  clock.starts_on as "startsOn", clock.assignment_id as "assignmentId", clock.round, clock.submission_id as "submissionId",
  clock.holding_id as "holdingId", clock.member, clock.team, clock.state, clock.started_at as "startedAt",
  clock.started_position as "startedPosition", clock.due_at as "dueAt", clock.met_by as "metBy", clock.trust_ms as "trustMs",
  clock.counts, clock.calendar_id as "calendarId", clock.explanation, clock.breached_at as "breachedAt",
  clock.answered_at as "answeredAt", clock.paused_at as "pausedAt", clock.correlation_id as "correlationId",
  clock.caused_by as "causedBy"`;

/** Leads asked for, each with itself and those that are the same person. */
export const askedAndKin = `
  (select id as lead_id, id as kin_id from unnest($1::uuid[]) as id
   union all select lead_id, kin_id from sla.kinship where lead_id = any($1::uuid[]))`;

const insertClocks = `
  with fresh as (
    insert into sla.clock (
      id, lead_id, policy, policy_version, milestone, starts_on, assignment_id, round, submission_id, holding_id, member,
      team, managers, state, started_at, started_position, due_at, met_by, met_on, trust_ms, counts, calendar_id,
      explanation, correlation_id, caused_by)
    select
      id, lead_id, policy, policy_version, milestone, starts_on, assignment_id, round, submission_id, holding_id, member,
      team, string_to_array(managers, ','), 'open', started_at, started_position, due_at, met_by::json, met_on, trust_ms,
      counts, calendar_id, explanation, correlation_id, caused_by
    from unnest(
      $1::uuid[], $2::uuid[], $3::text[], $4::integer[], $5::text[], $6::text[], $7::uuid[], $8::integer[], $9::uuid[],
      $10::uuid[], $11::text[], $12::text[], $13::text[], $14::timestamptz[], $15::bigint[], $16::timestamptz[],
      $17::text[], $18::text[], $19::bigint[], $20::text[], $21::text[], $22::text[], $23::text[], $24::uuid[])
      as asked(id, lead_id, policy, policy_version, milestone, starts_on, assignment_id, round, submission_id, holding_id,
        member, team, managers, started_at, started_position, due_at, met_by, met_on, trust_ms, counts, calendar_id,
        explanation, correlation_id, caused_by)
    where not exists (select from sla.erased where erased.lead_id = asked.lead_id)
    on conflict do nothing
    returning id, started_at, due_at, policy_version
  ), stepped as (
    insert into sla.step (clock_id, step, kind, after, due_at, actions)
    select step.clock_id, step.step, step.kind, step.after, step.due_at, step.actions::json
    from unnest($25::uuid[], $26::smallint[], $27::text[], $28::text[], $29::timestamptz[], $30::text[])
      as step(clock_id, step, kind, after, due_at, actions)
    join fresh on fresh.id = step.clock_id
  ), noted as (
    insert into sla.ledger (clock_id, kind, at, recorded_at, data)
    select id, 'started', started_at, started_at, json_build_object('dueAt', sla.iso(due_at), 'policyVersion', policy_version)
    from fresh
  )
  select id from fresh`;

const lockClocks = `
  select asked.lead_id as "askedFor", ${clockColumns}
  from ${askedAndKin} as asked
  join sla.clock on clock.lead_id = asked.kin_id
  where clock.state in ('open', 'paused', 'breached')
    and ($2::uuid[] is null or clock.met_on = 'assigned' or clock.assignment_id = any($2::uuid[]))
  order by clock.id
  for update of clock`;

const changeClocks = `
  with asked as materialized (
    select * from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[])
      as asked(id, state, met_at, answered_at, settled_at)
  ), changed as (
    update sla.clock set
      state = asked.state, met_at = asked.met_at, answered_at = asked.answered_at,
      settled_at = coalesce(clock.settled_at, asked.settled_at),
      paused_at = case when asked.state = 'paused' then clock.paused_at end
    from asked where clock.id = asked.id
  ), ended as (
    update sla.step set state = 'cancelled' from asked
    where asked.settled_at is not null and step.clock_id = asked.id and step.state in ('waiting', 'held')
  )
  insert into sla.ledger (clock_id, kind, at, recorded_at, data)
  select clock_id, kind, at, recorded_at, data::json
  from unnest($1::uuid[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::text[])
    as line(clock_id, kind, at, recorded_at, data)`;

/** A clock under its row's lock, and the lead it was looked up for. */
export interface LockedClock extends SlaClock {
  readonly askedFor: LeadId;
}

/** Clocks, their steps and ledgers. Whoever changes a clock or its steps holds the clock's row until COMMIT. */
export class ClockRepository {
  /**
   * Starts clocks. One that runs already (a repeat, or the same milestone of the same assignment and round) stays as it
   * is, and a lead that is to be forgotten gets none.
   *
   * @returns those that are new.
   */
  async start(tx: Tx, clocks: readonly NewClock[]): Promise<Set<ClockId>> {
    if (clocks.length === 0) return new Set();
    const steps = clocks.flatMap((clock) => clock.steps.map((step, index) => ({ clockId: clock.id, index, step })));
    const rows = await tx.query<{ id: ClockId }>(insertClocks, [
      clocks.map((clock) => clock.id),
      clocks.map((clock) => clock.leadId),
      clocks.map((clock) => clock.policy),
      clocks.map((clock) => clock.policyVersion),
      clocks.map((clock) => clock.milestone),
      clocks.map((clock) => clock.startsOn),
      clocks.map((clock) => clock.assignmentId),
      clocks.map((clock) => clock.round),
      clocks.map((clock) => clock.submissionId),
      clocks.map((clock) => clock.holdingId),
      clocks.map((clock) => clock.member),
      clocks.map((clock) => clock.team),
      clocks.map((clock) => clock.managers.join(',')),
      clocks.map((clock) => clock.startedAt),
      clocks.map((clock) => clock.startedPosition),
      clocks.map((clock) => clock.dueAt),
      clocks.map((clock) => JSON.stringify(clock.metBy)),
      clocks.map((clock) => Object.keys(clock.metBy)[0] ?? null),
      clocks.map((clock) => clock.trustMs),
      clocks.map((clock) => clock.counts),
      clocks.map((clock) => clock.calendarId),
      clocks.map((clock) => clock.explanation),
      clocks.map((clock) => clock.correlationId),
      clocks.map((clock) => clock.causedBy),
      steps.map(({ clockId }) => clockId),
      steps.map(({ index }) => index),
      steps.map(({ step }) => step.plan.kind),
      steps.map(({ step }) => step.plan.after),
      steps.map(({ step }) => step.dueAt),
      steps.map(({ step }) => JSON.stringify(step.plan.actions)),
    ]);
    return new Set(rows.map((row) => row.id));
  }

  /** Locks the clocks of leads, and of those merged with them, on which something may still change. */
  async lock(tx: Tx, leadIds: readonly LeadId[]): Promise<LockedClock[]> {
    return this.locked(tx, leadIds, null);
  }

  /** The same, of those that an owner answers, and of the given assignments. */
  async lockForOwner(tx: Tx, leadIds: readonly LeadId[], assignments: readonly AssignmentId[]): Promise<LockedClock[]> {
    return this.locked(tx, leadIds, assignments);
  }

  /** Writes what became of clocks, at most one change each, with a line in each ledger. */
  async change(tx: Tx, changes: readonly ClockChange[]): Promise<void> {
    if (changes.length === 0) return;
    await tx.execute(changeClocks, [
      changes.map((change) => change.clockId),
      changes.map((change) => change.state),
      changes.map((change) => change.metAt),
      changes.map((change) => change.answeredAt),
      changes.map((change) => change.settledAt),
      changes.map((change) => change.line.kind),
      changes.map((change) => change.line.at),
      changes.map((change) => change.line.recordedAt),
      changes.map((change) => JSON.stringify(change.line.data)),
    ]);
  }

  private async locked(
    tx: Tx,
    leadIds: readonly LeadId[],
    assignments: readonly AssignmentId[] | null,
  ): Promise<LockedClock[]> {
    if (leadIds.length === 0) return [];
    return tx.query<LockedClock>(lockClocks, [leadIds, assignments]);
  }
}

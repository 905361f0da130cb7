import type { ClockId, MemberKey } from '@relance/lead';
import type { Db, Tx } from '@relance/postgres';
import type { FiredStep } from '../decide/announce-clock.js';
import type { BreachCause, BreachFacts } from '../decide/decide-cause.js';

/** A step that `sla.fire` moved, and whose business it is. */
export interface MovedStep extends FiredStep {
  readonly managers: readonly MemberKey[];
}

/** What lies ahead, by the database's clock. */
export interface Outlook {
  readonly now: Date;
  /** The first step that waits, also one that is due and held up by news. */
  readonly firstDueAt: Date | null;
  /** The first step that is not due yet. */
  readonly nextDueAt: Date | null;
  readonly sentinelRangAt: Date | null;
}

const fire = `
  select clock_id as id, step, kind, after, due_at as "stepDueAt", fired_at as "firedAt", actions, lead_id as "leadId",
    policy, milestone, assignment_id as "assignmentId", round, holding_id as "holdingId", member, team, managers,
    starts_on as "startsOn", started_at as "startedAt", clock_due_at as "dueAt", met_by as "metBy",
    correlation_id as "correlationId", caused_by as "causedBy"
  from sla.fire($1)`;

const breachFacts = `
  select clock.id, clock.starts_on as "startsOn", clock.started_at as "startedAt", clock.due_at as "dueAt",
    assignment.kind as "assignedAs", assignment.occurred_at as "occurredAt", assignment.received_at as "receivedAt",
    score.scored_at as "scoredAt", told.told_at as "toldAt", told.opened_at as "openedAt"
  from sla.clock
  left join lateral (
    (select * from sla.assignment
     where assignment.assignment_id = clock.assignment_id and assignment.round = clock.round)
    union all
    (select * from sla.assignment where clock.assignment_id is null and assignment.lead_id = clock.lead_id
     order by assigned_at desc limit 1)
  ) as assignment on true
  left join sla.told on told.assignment_id = assignment.assignment_id
  left join sla.score on score.lead_id = clock.lead_id
  where clock.id = any($1::uuid[])`;

const outlook = `
  select clock_timestamp() as now,
    (select due_at from sla.step where state = 'waiting' order by due_at limit 1) as "firstDueAt",
    (select due_at from sla.step where state = 'waiting' and due_at > now() order by due_at limit 1) as "nextDueAt",
    (select rang_at from sla.sentinel) as "sentinelRangAt"`;

const slots = `
  select distinct ceil(extract(epoch from due_at) * 1000 / $2::bigint)::bigint * $2::bigint as slot from (
    select due_at from sla.step
    where state = 'waiting' and due_at between now() and now() + make_interval(secs => $1)
    order by due_at limit 20000) as near`;

/** The firing itself, and what is asked around it. */
export class FireRepository {
  constructor(private readonly db: Db) {}

  /** Fires due steps, `maxSteps` at most (200 at most in any case). Takes the log's lock only where something is due. */
  async fire(tx: Tx, maxSteps: number): Promise<MovedStep[]> {
    return tx.query<MovedStep>(fire, [maxSteps]);
  }

  async breachFacts(tx: Tx, clockIds: readonly ClockId[]): Promise<ReadonlyMap<ClockId, BreachFacts>> {
    if (clockIds.length === 0) return new Map();
    const rows = await tx.query<BreachFacts & { id: ClockId }>(breachFacts, [clockIds]);
    return new Map(rows.map((row) => [row.id, row]));
  }

  async keepCauses(tx: Tx, causes: readonly { clockId: ClockId; cause: BreachCause }[]): Promise<void> {
    if (causes.length === 0) return;
    await tx.execute(
      `update sla.clock set cause = asked.cause
       from unnest($1::uuid[], $2::text[]) as asked(id, cause) where clock.id = asked.id`,
      [causes.map(({ clockId }) => clockId), causes.map(({ cause }) => cause)],
    );
  }

  async outlook(): Promise<Outlook> {
    const [row] = await this.db.query<Outlook>(outlook);
    if (!row) throw new Error('The database did not say what time it is');
    return row;
  }

  /** The distinct moments, rounded up to `slotMs`, at which steps fall due within the horizon. The nearest 20 000 steps. */
  async slotsAhead(horizonSeconds: number, slotMs: number): Promise<number[]> {
    const rows = await this.db.query<{ slot: number }>(slots, [horizonSeconds, slotMs]);
    return rows.map(({ slot }) => slot);
  }

  async sentinelRang(): Promise<void> {
    await this.db.query('update sla.sentinel set rang_at = clock_timestamp()');
  }

  async openClocks(): Promise<number> {
    const [row] = await this.db.query<{ open: number }>(
      `select count(*) as open from sla.clock where settled_at is null and state = 'open'`,
    );
    return row?.open ?? 0;
  }
}

import type { LeadId } from '@relance/lead';
import type { Db } from '@relance/postgres';
import { askedAndKin } from './clock.repository.js';

/** A clock as `GET /api/sla/clocks` shows it. */
export interface ClockView {
  readonly id: string;
  readonly leadId: string;
  readonly policy: string;
  readonly policyVersion: number;
  readonly milestone: string;
  readonly assignmentId: string | null;
  readonly round: number | null;
  readonly member: string | null;
  readonly state: string;
  readonly startedAt: Date;
  readonly dueAt: Date;
  readonly metAt: Date | null;
  readonly breachedAt: Date | null;
  readonly latenessMs: number | null;
  readonly cause: string | null;
  readonly answeredAt: Date | null;
  readonly pausedMs: number;
  readonly explanation: string;
  readonly ledger: readonly object[];
}

/** A miss as `GET /api/sla/breaches` shows it. */
export interface BreachView {
  readonly clockId: string;
  readonly leadId: string;
  readonly assignmentId: string | null;
  readonly milestone: string;
  readonly dueAt: Date;
  readonly firedAt: Date;
  readonly latenessMs: number;
  readonly member: string | null;
  readonly team: string | null;
  readonly cause: string;
  readonly answeredAt: Date | null;
}

const clockView = `
  clock.id, clock.lead_id as "leadId", clock.policy, clock.policy_version as "policyVersion", clock.milestone,
  clock.assignment_id as "assignmentId", clock.round, clock.member, clock.state, clock.started_at as "startedAt",
  clock.due_at as "dueAt", clock.met_at as "metAt", clock.breached_at as "breachedAt", clock.lateness_ms as "latenessMs",
  clock.cause, clock.answered_at as "answeredAt", clock.paused_ms as "pausedMs", clock.explanation,
  coalesce((
    select json_agg(json_build_object('kind', kind, 'at', sla.iso(at), 'recordedAt', sla.iso(recorded_at), 'data', data) order by seq)
    from sla.ledger where ledger.clock_id = clock.id), '[]') as ledger`;

/** What people and scripts read of clocks. */
export class ClockViews {
  constructor(private readonly db: Db) {}

  /** The clocks of a lead and of those merged with it, oldest first. */
  async ofLead(leadId: LeadId): Promise<ClockView[]> {
    return this.db.query<ClockView>(
      `select ${clockView} from ${askedAndKin} as asked join sla.clock on clock.lead_id = asked.kin_id
       order by clock.started_at, clock.milestone, clock.id`,
      [[leadId]],
    );
  }

  async one(clockId: string): Promise<ClockView | null> {
    const [row] = await this.db.query<ClockView>(`select ${clockView} from sla.clock where clock.id = $1`, [clockId]);
    return row ?? null;
  }

  /** Misses since a moment, newest first. One that was withdrawn is none. */
  async breaches(filter: {
    since: string;
    limit: number;
    after: readonly [string, string] | null;
  }): Promise<BreachView[]> {
    return this.db.query<BreachView>(
      `select id as "clockId", lead_id as "leadId", assignment_id as "assignmentId", milestone, due_at as "dueAt",
         breached_at as "firedAt", lateness_ms as "latenessMs", member, team, coalesce(cause, 'told-not-opened') as cause,
         answered_at as "answeredAt"
       from sla.clock
       where breached_at is not null and state = 'breached' and breached_at >= $1::timestamptz
         and ($2::timestamptz is null or (breached_at, id) < ($2::timestamptz, $3::uuid))
       order by breached_at desc, id desc limit $4`,
      [filter.since, filter.after?.[0] ?? null, filter.after?.[1] ?? null, filter.limit],
    );
  }
}

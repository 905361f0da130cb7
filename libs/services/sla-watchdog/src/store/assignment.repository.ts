import type { AssignmentId, LeadId, MemberKey, PolicyKey, TeamKey } from '@relance/lead';
import type { Tx } from '@relance/postgres';

/** One round of an assignment, and the policy that it is held to. */
export interface KnownAssignment {
  readonly assignmentId: AssignmentId;
  readonly round: number;
  readonly leadId: LeadId;
  readonly kind: string;
  readonly member: MemberKey;
  readonly team: TeamKey;
  readonly managers: readonly MemberKey[];
  readonly calendarId: string;
  readonly policy: { readonly key: PolicyKey; readonly version: number } | null;
  readonly occurredAt: Date;
  readonly receivedAt: Date;
  readonly assignedAt: Date;
}

/** What became of an owner's notification. */
export interface Receipt {
  readonly assignmentId: AssignmentId;
  readonly receipt: 'sent' | 'delivered' | 'failed' | 'opened';
  readonly at: Date;
}

const findRounds = `
  select distinct on (asked.assignment_id, asked.round)
    assignment.assignment_id as "assignmentId", assignment.round, assignment.lead_id as "leadId", assignment.kind,
    assignment.member, assignment.team, assignment.managers,
    coalesce(member.calendar_id, assignment.calendar_id) as "calendarId",
    assignment.policy as "policyKey", assignment.policy_version as "policyVersion",
    assignment.occurred_at as "occurredAt", assignment.received_at as "receivedAt", assignment.assigned_at as "assignedAt"
  from unnest($1::uuid[], $2::integer[]) as asked(assignment_id, round)
  join sla.assignment on assignment.assignment_id = asked.assignment_id
    and (asked.round is null or assignment.round <= asked.round)
  left join sla.member on member.member = assignment.member
  order by asked.assignment_id, asked.round, assignment.round desc`;

/** Assignments and their notifications, as far as promises need them. */
export class AssignmentRepository {
  /** Keeps rounds of assignments. One that is known stays as it is. */
  async keep(tx: Tx, assignments: readonly KnownAssignment[]): Promise<void> {
    if (assignments.length === 0) return;
    await tx.execute(
      `insert into sla.assignment (
         assignment_id, round, lead_id, kind, member, team, managers, calendar_id, policy, policy_version, occurred_at,
         received_at, assigned_at)
       select assignment_id, round, lead_id, kind, member, team, string_to_array(managers, ','), calendar_id, policy,
         policy_version, occurred_at, received_at, assigned_at
       from unnest($1::uuid[], $2::integer[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
         $9::text[], $10::integer[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[])
         as asked(assignment_id, round, lead_id, kind, member, team, managers, calendar_id, policy, policy_version,
           occurred_at, received_at, assigned_at)
       on conflict do nothing`,
      [
        assignments.map((one) => one.assignmentId),
        assignments.map((one) => one.round),
        assignments.map((one) => one.leadId),
        assignments.map((one) => one.kind),
        assignments.map((one) => one.member),
        assignments.map((one) => one.team),
        assignments.map((one) => one.managers.join(',')),
        assignments.map((one) => one.calendarId),
        assignments.map((one) => one.policy?.key ?? null),
        assignments.map((one) => one.policy?.version ?? null),
        assignments.map((one) => one.occurredAt),
        assignments.map((one) => one.receivedAt),
        assignments.map((one) => one.assignedAt),
      ],
    );
  }

  /** The given rounds of assignments; the last one where no round is given. The calendar is the owner's present one. */
  async find(
    tx: Tx,
    asked: readonly { assignmentId: AssignmentId; round: number | null }[],
  ): Promise<ReadonlyMap<AssignmentId, KnownAssignment>> {
    if (asked.length === 0) return new Map();
    const rows = await tx.query<
      Omit<KnownAssignment, 'policy'> & { policyKey: PolicyKey | null; policyVersion: number | null }
    >(findRounds, [asked.map(({ assignmentId }) => assignmentId), asked.map(({ round }) => round)]);
    return new Map(
      rows.map(({ policyKey, policyVersion, ...row }) => [
        row.assignmentId,
        {
          ...row,
          policy: policyKey === null || policyVersion === null ? null : { key: policyKey, version: policyVersion },
        },
      ]),
    );
  }

  /** Keeps the first of each kind of receipt. */
  async keepReceipts(tx: Tx, receipts: readonly Receipt[]): Promise<void> {
    const at = (receipt: Receipt, ...kinds: Receipt['receipt'][]): Date | null =>
      kinds.includes(receipt.receipt) ? receipt.at : null;
    await tx.execute(
      `insert into sla.told as known (assignment_id, told_at, failed_at, opened_at)
       select assignment_id, min(told_at), min(failed_at), min(opened_at)
       from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[])
         as asked(assignment_id, told_at, failed_at, opened_at)
       group by assignment_id
       on conflict (assignment_id) do update set
         told_at = least(known.told_at, excluded.told_at), failed_at = least(known.failed_at, excluded.failed_at),
         opened_at = least(known.opened_at, excluded.opened_at)`,
      [
        receipts.map((receipt) => receipt.assignmentId),
        receipts.map((receipt) => at(receipt, 'sent', 'delivered', 'opened')),
        receipts.map((receipt) => at(receipt, 'failed')),
        receipts.map((receipt) => at(receipt, 'opened')),
      ],
    );
  }
}

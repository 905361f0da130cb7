import { Injectable } from '@nestjs/common';
import type { AssignmentId, LeadId, MemberKey, PoolKey, RuleKey, TeamKey } from '@relance/lead';
import type { Tx } from '@relance/postgres';

export interface AssignmentRecord {
  readonly assignmentId: AssignmentId;
  readonly leadId: LeadId;
  readonly member: MemberKey;
  readonly team: TeamKey;
  readonly round: number;
  readonly pool: PoolKey | null;
  readonly rule: RuleKey | null;
  /** Null while it is active. */
  readonly endedFor: string | null;
}

export interface ContactRecord {
  readonly leadId: LeadId;
  readonly assignmentId: AssignmentId;
  readonly round: number;
  readonly assignment: 'current' | 'superseded';
  readonly member: MemberKey;
  readonly recordedBy: string;
  readonly channel: string;
  readonly outcome: string;
  readonly grade: string;
  readonly at: Date;
  readonly note: string | null;
  readonly nextFollowUpAt: Date | null;
  /** What the prospect prefers and what they said: channel, interval, reason. */
  readonly wishes: Readonly<Record<string, string>>;
}

export interface WorkRecord {
  readonly leadId: LeadId;
  readonly assignmentId: AssignmentId;
  readonly verb: string;
  readonly reason: string | null;
  readonly note: string | null;
  readonly by: string;
  readonly wasRefused: boolean;
  readonly at: Date;
}

/** Who had what, and what they did with it. */
@Injectable()
export class AssignmentRepository {
  async find(tx: Tx, assignmentId: AssignmentId): Promise<AssignmentRecord | null> {
    const [row] = await tx.query<AssignmentRecord>(
      `select id as "assignmentId", lead_id as "leadId", member, team, round, pool, rule, ended_for as "endedFor"
       from routing.assignment where id = $1`,
      [assignmentId],
    );
    return row ?? null;
  }

  async recordContact(tx: Tx, id: string, contact: ContactRecord): Promise<void> {
    await tx.execute(
      `insert into routing.contact (id, lead_id, assignment_id, round, assignment, member, recorded_by, channel, outcome,
         grade, at, note, next_follow_up_at, wishes)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::json)`,
      [
        id,
        contact.leadId,
        contact.assignmentId,
        contact.round,
        contact.assignment,
        contact.member,
        contact.recordedBy,
        contact.channel,
        contact.outcome,
        contact.grade,
        contact.at,
        contact.note,
        contact.nextFollowUpAt,
        JSON.stringify(contact.wishes),
      ],
    );
    if (contact.assignment === 'current')
      await tx.execute('update routing.assignment set next_follow_up_at = $2 where id = $1', [
        contact.assignmentId,
        contact.nextFollowUpAt,
      ]);
  }

  async recordWork(tx: Tx, id: string, work: WorkRecord): Promise<void> {
    await tx.execute(
      `insert into routing.work (id, lead_id, assignment_id, verb, reason, note, done_by, was_refused, at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [id, work.leadId, work.assignmentId, work.verb, work.reason, work.note, work.by, work.wasRefused, work.at],
    );
  }

  /** Open work of people who are gone. */
  async ofInactive(tx: Tx, limit: number): Promise<LeadId[]> {
    const rows = await tx.query<{ lead_id: LeadId }>(
      `select assignment.lead_id from routing.assignment join routing.member on member.key = assignment.member
       where assignment.ended_at is null and not member.active order by assignment.assigned_at limit $1`,
      [limit],
    );
    return rows.map((row) => row.lead_id);
  }

  /** Moves an active assignment to the lead that its own was merged into, or back. */
  async move(tx: Tx, assignmentId: AssignmentId, to: LeadId): Promise<void> {
    await tx.execute('update routing.assignment set lead_id = $2 where id = $1', [assignmentId, to]);
    await tx.execute('update routing.promise set lead_id = $2 where assignment_id = $1', [assignmentId, to]);
  }
}

import { Injectable } from '@nestjs/common';
import type { AssignmentId, Grade, LeadFacts, LeadId, Stage } from '@relance/lead';
import { Db } from '@relance/postgres';

export interface InboxRow {
  readonly assignmentId: AssignmentId;
  readonly leadId: LeadId;
  readonly round: number;
  readonly stage: Stage;
  readonly assignedAt: Date;
  readonly dueAt: Date | null;
  readonly nextFollowUpAt: Date | null;
  readonly why: string;
  readonly contacted: Grade | null;
  readonly facts: LeadFacts | null;
  readonly warmReason: string | null;
  readonly warmAt: Date | null;
  /** What the inbox is sorted by: due time, else the follow-up agreed. `infinity` for neither. */
  readonly sortedBy: string;
}

const readInbox = `
  select * from (
    select assignment.id as "assignmentId", assignment.lead_id as "leadId", assignment.round, lead.stage,
           assignment.assigned_at as "assignedAt", due.at as "dueAt", assignment.next_follow_up_at as "nextFollowUpAt",
           assignment.why, lead.contacted, lead.facts, lead.warm_reason as "warmReason", lead.warm_at as "warmAt",
           coalesce(due.at, assignment.next_follow_up_at, 'infinity')::text as "sortedBy",
           coalesce(due.at, assignment.next_follow_up_at, 'infinity') as sorted_at
    from routing.assignment
    join routing.lead on lead.id = assignment.lead_id
    left join lateral (
      select min(due_at) as at from routing.promise
      where promise.assignment_id = assignment.id and promise.is_running
    ) due on true
    where assignment.member = $1 and assignment.ended_at is null
  ) work
  where (sorted_at, "assignmentId") > ($2::timestamptz, $3::uuid)
  order by sorted_at, "assignmentId" limit $4`;

/** What a member has in hand. */
@Injectable()
export class InboxRepository {
  constructor(private readonly db: Db) {}

  async page(member: string, after: { sortedBy: string; assignmentId: string }, limit: number): Promise<InboxRow[]> {
    return this.db.query<InboxRow>(readInbox, [member, after.sortedBy, after.assignmentId, limit]);
  }
}

import { Injectable } from '@nestjs/common';
import type { AssignmentId, LeadFacts, LeadId, MemberKey } from '@relance/lead';
import { Db } from '@relance/postgres';
import type { Tx } from '@relance/postgres';

/** What a letter to an owner needs. */
export interface Untold {
  readonly assignmentId: AssignmentId;
  readonly round: number;
  readonly leadId: LeadId;
  readonly member: MemberKey;
  readonly email: string;
  readonly why: string;
  readonly facts: LeadFacts;
  readonly correlationId: string | null;
}

const readUntold = `
  select assignment.id as "assignmentId", assignment.round, assignment.lead_id as "leadId", assignment.member, member.email,
         assignment.why, lead.facts, lead.correlation_id as "correlationId"
  from routing.assignment
  join routing.lead on lead.id = assignment.lead_id
  join routing.member on member.key = assignment.member
  where assignment.id = $1 and assignment.round = $2 and assignment.ended_at is null
    and assignment.told_round < assignment.round and lead.facts is not null`;

const readForgotten = `
  select id || '.' || round as id from routing.assignment
  where ended_at is null and told_round < round and assigned_at < $1 order by assigned_at limit 500`;

/** Which owners were told, by assignment and round. */
@Injectable()
export class NotificationRepository {
  constructor(private readonly db: Db) {}

  /** Null when there is nothing to tell any more. */
  async untold(assignmentId: string, round: number): Promise<Untold | null> {
    const [row] = await this.db.query<Untold>(readUntold, [assignmentId, round]);
    return row ?? null;
  }

  /** @returns whether nobody else noted it before. */
  async told(tx: Tx, assignmentId: AssignmentId, round: number): Promise<boolean> {
    const count = await tx.execute('update routing.assignment set told_round = $2 where id = $1 and told_round < $2', [
      assignmentId,
      round,
    ]);
    return count > 0;
  }

  /** Jobs of owners who should have been told before `since`. */
  async forgotten(since: Date): Promise<{ id: string }[]> {
    return this.db.query<{ id: string }>(readForgotten, [since]);
  }
}

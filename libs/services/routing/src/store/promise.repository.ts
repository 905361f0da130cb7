import { Injectable } from '@nestjs/common';
import type { AssignmentId, ClockId, LeadId } from '@relance/lead';
import type { Tx } from '@relance/postgres';

/** What a fact about a promise says of it. */
export interface PromiseHeard {
  readonly leadId: LeadId;
  readonly clockId: ClockId;
  readonly milestone: string;
  readonly assignmentId?: AssignmentId | undefined;
  readonly round?: number | undefined;
  readonly dueAt?: string | undefined;
  readonly isRunning: boolean;
}

const upsert = `
  insert into routing.promise (clock_id, lead_id, assignment_id, round, milestone, due_at, is_running)
  select clock_id, lead_id, assignment_id, round, milestone, due_at, is_running
  from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::timestamptz[], $7::boolean[])
    as heard(clock_id, lead_id, assignment_id, round, milestone, due_at, is_running)
  on conflict (clock_id) do update set
    due_at = coalesce(excluded.due_at, promise.due_at), is_running = promise.is_running and excluded.is_running`;

/** The watchdog's promises on assignments: what the inbox shows as due, and whether an answer is owed. */
@Injectable()
export class PromiseRepository {
  /** A promise that has ended stays ended, whichever is heard first. Promises that name no assignment are passed over. */
  async note(tx: Tx, heard: readonly PromiseHeard[]): Promise<void> {
    const onAssignments = heard.filter((promise) => promise.assignmentId !== undefined);
    if (onAssignments.length === 0) return;
    await tx.execute(upsert, [
      onAssignments.map(({ clockId }) => clockId),
      onAssignments.map(({ leadId }) => leadId),
      onAssignments.map(({ assignmentId }) => assignmentId ?? null),
      onAssignments.map(({ round }) => round ?? 1),
      onAssignments.map(({ milestone }) => milestone),
      onAssignments.map(({ dueAt }) => (dueAt === undefined ? null : new Date(dueAt))),
      onAssignments.map(({ isRunning }) => isRunning),
    ]);
  }
}

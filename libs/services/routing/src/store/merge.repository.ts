import { Injectable } from '@nestjs/common';
import type { AssignmentId, LeadId, Stage } from '@relance/lead';
import type { Tx } from '@relance/postgres';

/** What a merge moved, so that it can be taken back. */
export interface MergeRecord {
  readonly loserId: LeadId;
  readonly winnerId: LeadId;
  readonly movedAssignmentId: AssignmentId | null;
  /** The winner's stage before. */
  readonly winnerStage: Stage;
}

/** Which leads proved to be one person. */
@Injectable()
export class MergeRepository {
  /** Makes both leads known, so that they can be locked. */
  async ensure(tx: Tx, ids: readonly LeadId[]): Promise<void> {
    await tx.execute(
      `insert into routing.lead (id, stage, round, score_revision, is_test)
       select distinct id, 'received', 0, 0, false from unnest($1::uuid[]) as lead(id) order by 1, 2
       on conflict (id) do nothing`,
      [ids],
    );
  }

  /** @returns where the lead's facts are kept now; null when it stands for itself. */
  async mergedInto(tx: Tx, id: LeadId): Promise<LeadId | null> {
    const [row] = await tx.query<{ merged_into: LeadId | null }>('select merged_into from routing.lead where id = $1', [
      id,
    ]);
    return row?.merged_into ?? null;
  }

  async merge(tx: Tx, merge: MergeRecord): Promise<void> {
    await tx.execute('update routing.lead set merged_into = $2 where id = $1', [merge.loserId, merge.winnerId]);
    await tx.execute(
      `insert into routing.merge (loser_id, winner_id, moved_assignment_id, winner_stage) values ($1, $2, $3, $4)
       on conflict (loser_id, winner_id) do update set moved_assignment_id = excluded.moved_assignment_id,
         winner_stage = excluded.winner_stage`,
      [merge.loserId, merge.winnerId, merge.movedAssignmentId, merge.winnerStage],
    );
  }

  /** @returns what it had moved; null when there was no such merge. */
  async unmerge(tx: Tx, loserId: LeadId, winnerId: LeadId): Promise<MergeRecord | null> {
    const [record] = await tx.query<MergeRecord>(
      `delete from routing.merge where loser_id = $1 and winner_id = $2
       returning loser_id as "loserId", winner_id as "winnerId", moved_assignment_id as "movedAssignmentId",
         winner_stage as "winnerStage"`,
      [loserId, winnerId],
    );
    if (!record) return null;
    await tx.execute('update routing.lead set merged_into = null where id = $1', [loserId]);
    return record;
  }
}

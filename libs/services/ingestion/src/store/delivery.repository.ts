import { Injectable } from '@nestjs/common';
import type { SubmissionId } from '@relance/lead';
import { Db } from '@relance/postgres';
import type { Tx } from '@relance/postgres';
import type { Submission } from '../accept/submission.js';

/** A key that was there before. */
export interface HeldKey {
  readonly submissionId: SubmissionId;
  /** What was said with it, where the sender chose it. */
  readonly content: string | null;
  readonly isExpired: boolean;
}

const heldKeys = `
  select key, content, submission_id, expires_at <= now() as is_expired from ingestion.delivery where key = any($1::uuid[])`;

const takeOver = `
  insert into ingestion.delivery as held (key, content, submission_id, expires_at)
  select key, content, submission_id, coalesce(now() + make_interval(secs => seconds), 'infinity')
  from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[]) as said(key, content, submission_id, seconds) order by key
  on conflict (key) do update
    set content = excluded.content, submission_id = excluded.submission_id, expires_at = excluded.expires_at
    where held.expires_at <= now()
  returning submission_id`;

const forgetExpired = `
  delete from ingestion.delivery where key in (
    select key from ingestion.delivery where expires_at < now() - interval '1 minute' limit $1 for update skip locked)`;

@Injectable()
export class DeliveryRepository {
  constructor(private readonly db: Db) {}

  /** Who holds these keys, by key without dashes. */
  async held(tx: Tx, keys: readonly string[]): Promise<Map<string, HeldKey>> {
    const rows = await tx.query<{
      key: string;
      content: string | null;
      submission_id: SubmissionId;
      is_expired: boolean;
    }>(heldKeys, [keys]);
    return new Map(
      rows.map((row) => [
        undashed(row.key),
        {
          submissionId: row.submission_id,
          content: row.content === null ? null : undashed(row.content),
          isExpired: row.is_expired,
        },
      ]),
    );
  }

  /** Takes keys that have expired, or were forgotten meanwhile. @returns the submissions that got theirs. */
  async takeOver(tx: Tx, submissions: readonly Submission[]): Promise<Set<SubmissionId>> {
    const rows = await tx.query<{ submission_id: SubmissionId }>(takeOver, [
      submissions.map(({ delivery }) => delivery.key),
      submissions.map(({ delivery }) => (delivery.isNamed ? delivery.content : null)),
      submissions.map(({ submissionId }) => submissionId),
      submissions.map(({ delivery }) => delivery.keptForSeconds),
    ]);
    return new Set(rows.map((row) => row.submission_id));
  }

  /** Deletes keys that are free again. @returns how many. */
  async forgetExpired(most: number): Promise<number> {
    return this.db.transaction((tx) => tx.execute(forgetExpired, [most]));
  }
}

function undashed(uuid: string): string {
  return uuid.replaceAll('-', '');
}

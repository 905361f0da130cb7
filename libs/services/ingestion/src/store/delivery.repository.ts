import { Injectable } from '@nestjs/common';
import type { SubmissionId } from '@relance/lead';
import { Db } from '@relance/postgres';
import type { Tx } from '@relance/postgres';
import type { Delivery } from '../accept/submission.js';

/** A key that was claimed before: by another delivery, by another attempt of ours, or long ago. */
export interface TakenKey {
  /** Who holds it now. */
  readonly submissionId: SubmissionId;
  readonly content: string;
}

const claimKeys = `
  with claimed as (
  insert into ingestion.delivery as held (key, content, submission_id, times, expires_at)
  select said.key, said.content, said.submission_id, 1,
         case when said.seconds = '' then 'infinity' else now() + make_interval(secs => said.seconds::int) end
  from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) as said(key, content, submission_id, seconds)
  order by said.key
  on conflict (key) do update set
    times = held.times + 1,
    content = case when held.expires_at <= now() then excluded.content else held.content end,
    submission_id = case when held.expires_at <= now() then excluded.submission_id else held.submission_id end,
    expires_at = case when held.expires_at <= now() then excluded.expires_at else held.expires_at end
  returning key, content, submission_id, times)
  select key, content, submission_id from claimed where times > 1`;

const forgetExpired = `
  delete from ingestion.delivery where key in (
    select key from ingestion.delivery where expires_at < now() - interval '1 minute' limit $1 for update skip locked)`;

@Injectable()
export class DeliveryRepository {
  constructor(private readonly db: Db) {}

  /**
   * Claims each key for its submission. Waits for a transaction that claims the same one, in key order, so two batches
   * cannot wait for each other. An expired key is free.
   *
   * @returns those that were claimed before, by key without dashes.
   */
  async claim(
    tx: Tx,
    claims: readonly { delivery: Delivery; submissionId: SubmissionId }[],
  ): Promise<Map<string, TakenKey>> {
    const rows = await tx.query<{ key: string; content: string; submission_id: SubmissionId }>(claimKeys, [
      claims.map(({ delivery }) => delivery.key),
      claims.map(({ delivery }) => delivery.content),
      claims.map(({ submissionId }) => submissionId),
      claims.map(({ delivery }) => (delivery.keptForSeconds === null ? '' : String(delivery.keptForSeconds))),
    ]);
    return new Map(
      rows.map((row) => [undashed(row.key), { submissionId: row.submission_id, content: undashed(row.content) }]),
    );
  }

  /** Deletes keys that are free again. @returns how many. */
  async forgetExpired(most: number): Promise<number> {
    return this.db.transaction((tx) => tx.execute(forgetExpired, [most]));
  }
}

function undashed(uuid: string): string {
  return uuid.replaceAll('-', '');
}

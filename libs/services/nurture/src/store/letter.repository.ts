import type { SuppressionReason } from '@relance/api';
import { newId } from '@relance/events';
import type { EnrolmentId, LeadId } from '@relance/lead';
import type { Tx } from '@relance/postgres';

/** One letter of one step, as it stands. */
export interface LetterRow {
  readonly sendId: string;
  readonly messageId: string;
  /** Times the mail server did not take it. */
  readonly failures: number;
}

export interface LetterKey {
  readonly enrolmentId: EnrolmentId;
  readonly leadId: LeadId;
  readonly step: number;
  readonly emailHash: string | null;
}

/** Letters sent, waiting and refused, and the addresses that get none. */
export class LetterRepository {
  /** When this person got letters of other steps since then, by lead or by address. One that waits counts as sent. */
  async sentSince(tx: Tx, key: LetterKey, since: Date): Promise<Date[]> {
    const rows = await tx.query<{ at: Date }>(
      `select at from nurture.send
       where (lead_id = $1 or email_hash = $2) and status in ('pending', 'sent') and at > $3
         and not (enrolment_id = $4 and step = $5 and status = 'pending')`,
      [key.leadId, key.emailHash, since, key.enrolmentId, key.step],
    );
    return rows.map((row) => row.at);
  }

  /** Two leads with one address wait for each other here, so that both count what the other sends. */
  async lockAddress(tx: Tx, emailHash: string): Promise<void> {
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 1763800005))', [emailHash]);
  }

  /** Notes that a letter is about to go out. One that was noted before keeps its Message-ID: it may have gone out. */
  async intend(tx: Tx, key: LetterKey, messageIdOf: (attempt: number) => string, at: Date): Promise<LetterRow> {
    const [waiting] = await tx.query<{ id: string; message_id: string; failures: number }>(
      `update nurture.send set at = $3, email_hash = $4 where enrolment_id = $1 and step = $2 and status = 'pending'
       returning id, message_id, failures`,
      [key.enrolmentId, key.step, at, key.emailHash],
    );
    if (waiting) return { sendId: waiting.id, messageId: waiting.message_id, failures: waiting.failures };
    const attempt = await this.nextAttempt(tx, key);
    const row = { sendId: newId(), messageId: messageIdOf(attempt), failures: 0 };
    await this.insert(tx, key, attempt, row, { status: 'pending', guard: null, at });
    return row;
  }

  /** @returns false when this guard has refused this step before. */
  async refuse(
    tx: Tx,
    key: LetterKey,
    guard: string,
    messageIdOf: (attempt: number) => string,
    at: Date,
  ): Promise<boolean> {
    const [known] = await tx.query(
      `select from nurture.send where enrolment_id = $1 and step = $2 and status = 'refused' and guard = $3`,
      [key.enrolmentId, key.step, guard],
    );
    if (known) return false;
    const attempt = await this.nextAttempt(tx, key);
    const row = { sendId: newId(), messageId: messageIdOf(attempt) };
    await this.insert(tx, key, attempt, row, { status: 'refused', guard, at });
    return true;
  }

  /** @returns false when that was noted already. */
  async markSent(tx: Tx, sendId: string, at: Date): Promise<boolean> {
    const sent = await tx.execute(
      `update nurture.send set status = 'sent', at = $2 where id = $1 and status = 'pending'`,
      [sendId, at],
    );
    return sent > 0;
  }

  async markRefused(tx: Tx, sendId: string, guard: string, at: Date): Promise<void> {
    await tx.execute(
      `update nurture.send set status = 'refused', guard = $2, at = $3 where id = $1 and status = 'pending'`,
      [sendId, guard, at],
    );
  }

  async markFailed(tx: Tx, sendId: string): Promise<void> {
    await tx.execute('update nurture.send set failures = failures + 1 where id = $1', [sendId]);
  }

  async isSuppressed(tx: Tx, emailHash: string): Promise<boolean> {
    const rows = await tx.query('select from nurture.suppression where email_hash = $1', [emailHash]);
    return rows.length > 0;
  }

  /** @returns those that were not suppressed for this reason before. */
  async suppress(tx: Tx, emailHashes: readonly string[], reason: SuppressionReason, at: Date): Promise<string[]> {
    const rows = await tx.query<{ email_hash: string }>(
      `insert into nurture.suppression as known (email_hash, reason, at)
       select distinct hash, $2, $3::timestamptz from unnest($1::text[]) as hash order by hash
       on conflict (email_hash) do update set reason = excluded.reason, at = excluded.at where known.reason <> excluded.reason
       returning email_hash`,
      [emailHashes, reason, at],
    );
    return rows.map((row) => row.email_hash);
  }

  /** Every address that letters of an enrolment went to, and the one they would go to now. */
  async addressesOf(tx: Tx, enrolmentId: EnrolmentId): Promise<string[]> {
    const rows = await tx.query<{ email_hash: string }>(
      `select email_hash from nurture.enrolment where id = $1 and email_hash is not null
       union select email_hash from nurture.send where enrolment_id = $1 and email_hash is not null`,
      [enrolmentId],
    );
    return rows.map((row) => row.email_hash);
  }

  private async nextAttempt(tx: Tx, key: LetterKey): Promise<number> {
    const [row] = await tx.query<{ attempt: number }>(
      'select coalesce(max(attempt), 0) + 1 as attempt from nurture.send where enrolment_id = $1 and step = $2',
      [key.enrolmentId, key.step],
    );
    return row?.attempt ?? 1;
  }

  private async insert(
    tx: Tx,
    key: LetterKey,
    attempt: number,
    row: { sendId: string; messageId: string },
    state: { status: 'pending' | 'refused'; guard: string | null; at: Date },
  ): Promise<void> {
    await tx.execute(
      `insert into nurture.send (id, enrolment_id, lead_id, step, attempt, message_id, email_hash, status, guard, at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        row.sendId,
        key.enrolmentId,
        key.leadId,
        key.step,
        attempt,
        row.messageId,
        key.emailHash,
        state.status,
        state.guard,
        state.at,
      ],
    );
  }
}

import type { EnrolmentId, LeadId, TrackKey } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import { letterFactsSchema } from '../decide/letter-facts.js';
import type { LetterFacts } from '../decide/letter-facts.js';

/** What an enrolment's progress is told by. */
export interface EnrolmentName {
  readonly enrolmentId: EnrolmentId;
  readonly leadId: LeadId;
  readonly track: TrackKey;
  readonly correlationId: string;
}

export interface NewEnrolment extends EnrolmentName {
  /** The lead it was addressed to, where that one has proved to be another. */
  readonly firstLeadId: string;
  readonly trackVersion: number;
  readonly stepIndex: number;
  readonly dueAt: Date | null;
  readonly resumeAt: string | undefined;
  readonly facts: LetterFacts | null;
  readonly emailHash: string | null;
  readonly startedAt: Date;
  /** Given for one that ends before it begins. */
  readonly endReason: string | null;
}

/** What news of a lead change in its live enrolments. */
export interface Refreshment {
  readonly leadId: string;
  /** Null leaves what is known. */
  readonly facts: LetterFacts | null;
  readonly emailHash: string | null;
  readonly resumeAt: string | undefined;
  /** Nothing is sent before. */
  readonly notBefore: Date;
}

export interface Resumed extends EnrolmentName {
  readonly wasSuspended: boolean;
  readonly dueAt: Date;
}

/** An enrolment whose letter is due, taken by this process until `claimedUntil`. */
export interface ClaimedEnrolment extends EnrolmentName {
  readonly trackVersion: number;
  readonly stepIndex: number;
  readonly facts: LetterFacts;
  readonly emailHash: string | null;
}

interface NameRow {
  readonly id: EnrolmentId;
  readonly lead_id: LeadId;
  readonly track: TrackKey;
  readonly correlation_id: string;
}

const names = 'id, lead_id, track, correlation_id';

const nameOf = (row: NameRow): EnrolmentName => {
  return { enrolmentId: row.id, leadId: row.lead_id, track: row.track, correlationId: row.correlation_id };
};

const refresh = `
  with heard as (
    select * from unnest($1::uuid[], $2::text[], $3::text[], $4::date[], $5::timestamptz[])
      as heard(lead_id, facts, email_hash, resume_at, not_before)
  ), before as (
    select id, status from nurture.enrolment
    where lead_id in (select lead_id from heard) and status <> 'ended' for update
  )
  update nurture.enrolment one
  set status = 'active', facts = coalesce(heard.facts::json, one.facts), email_hash = coalesce(heard.email_hash, one.email_hash),
      resume_at = coalesce(heard.resume_at, one.resume_at), due_at = greatest(one.due_at, heard.not_before)
  from heard, before
  where one.id = before.id and one.lead_id = heard.lead_id
  returning one.id, one.lead_id, one.track, one.correlation_id, one.due_at, before.status = 'suspended' as was_suspended`;

export class EnrolmentRepository {
  async add(tx: Tx, all: readonly NewEnrolment[]): Promise<void> {
    await tx.execute(
      `insert into nurture.enrolment (id, lead_id, first_lead_id, track, track_version, status, step_index, due_at, resume_at,
         facts, email_hash, correlation_id, started_at, ended_at, end_reason)
       select id, lead_id, first_lead_id, track, track_version, case when end_reason is null then 'active' else 'ended' end,
         step_index, due_at, resume_at, facts::json, email_hash, correlation_id, started_at,
         case when end_reason is null then null else started_at end, end_reason
       from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::int[], $6::int[], $7::timestamptz[], $8::date[],
         $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::text[])
         as new(id, lead_id, first_lead_id, track, track_version, step_index, due_at, resume_at, facts, email_hash,
           correlation_id, started_at, end_reason)`,
      [
        all.map((one) => one.enrolmentId),
        all.map((one) => one.leadId),
        all.map((one) => one.firstLeadId),
        all.map((one) => one.track),
        all.map((one) => one.trackVersion),
        all.map((one) => one.stepIndex),
        all.map((one) => one.dueAt),
        all.map((one) => one.resumeAt ?? null),
        all.map((one) => one.facts && JSON.stringify(one.facts)),
        all.map((one) => one.emailHash),
        all.map((one) => one.correlationId),
        all.map((one) => one.startedAt),
        all.map((one) => one.endReason),
      ],
    );
  }

  /** Live enrolments of leads that are marketing's again: new facts, not suspended, not before a date. */
  async resume(tx: Tx, heard: readonly Refreshment[]): Promise<Resumed[]> {
    const rows = await tx.query<NameRow & { due_at: Date; was_suspended: boolean }>(refresh, [
      heard.map((one) => one.leadId),
      heard.map((one) => one.facts && JSON.stringify(one.facts)),
      heard.map((one) => one.emailHash),
      heard.map((one) => one.resumeAt ?? null),
      heard.map((one) => one.notBefore),
    ]);
    return rows.map((row) => ({ ...nameOf(row), dueAt: row.due_at, wasSuspended: row.was_suspended }));
  }

  /** Tracks that each lead has had: it came to their end, or got a letter of theirs. */
  async tracksHad(tx: Tx, leadIds: readonly string[]): Promise<Map<string, Set<string>>> {
    const rows = await tx.query<{ lead_id: string; track: string }>(
      `select distinct lead_id, track from nurture.enrolment one
       where lead_id = any($1::uuid[]) and status = 'ended'
         and (end_reason = 'completed' or exists (select from nurture.send where enrolment_id = one.id and status = 'sent'))`,
      [leadIds],
    );
    const had = new Map<string, Set<string>>();
    for (const { lead_id, track } of rows) had.set(lead_id, (had.get(lead_id) ?? new Set()).add(track));
    return had;
  }

  async suspend(tx: Tx, leadIds: readonly string[]): Promise<EnrolmentName[]> {
    const rows = await tx.query<NameRow>(
      `update nurture.enrolment set status = 'suspended' where lead_id = any($1::uuid[]) and status = 'active' returning ${names}`,
      [leadIds],
    );
    return rows.map(nameOf);
  }

  async endOfLeads(
    tx: Tx,
    ends: readonly { leadId: string; reason: string }[],
    at: Date,
  ): Promise<(EnrolmentName & { reason: string })[]> {
    const rows = await tx.query<NameRow & { end_reason: string }>(
      `update nurture.enrolment set status = 'ended', ended_at = $3, end_reason = stop.reason, due_at = null, claimed_until = null
       from unnest($1::uuid[], $2::text[]) as stop(stopped, reason)
       where lead_id = stop.stopped and status <> 'ended' returning ${names}, end_reason`,
      [ends.map(({ leadId }) => leadId), ends.map(({ reason }) => reason), at],
    );
    return rows.map((row) => ({ ...nameOf(row), reason: row.end_reason }));
  }

  async endOfAddresses(tx: Tx, emailHashes: readonly string[], reason: string, at: Date): Promise<EnrolmentName[]> {
    const rows = await tx.query<NameRow>(
      `update nurture.enrolment set status = 'ended', ended_at = $3, end_reason = $2, due_at = null, claimed_until = null
       where email_hash = any($1::text[]) and status <> 'ended' returning ${names}`,
      [emailHashes, reason, at],
    );
    return rows.map(nameOf);
  }

  /** @returns whether it was live until now. */
  async end(tx: Tx, enrolmentId: EnrolmentId, reason: string, at: Date): Promise<boolean> {
    const ended = await tx.execute(
      `update nurture.enrolment set status = 'ended', ended_at = $3, end_reason = $2, due_at = null, claimed_until = null
       where id = $1 and status <> 'ended'`,
      [enrolmentId, reason, at],
    );
    return ended > 0;
  }

  async find(tx: Tx, enrolmentId: EnrolmentId): Promise<EnrolmentName | null> {
    const [row] = await tx.query<NameRow>(`select ${names} from nurture.enrolment where id = $1`, [enrolmentId]);
    return row ? nameOf(row) : null;
  }

  /** Takes an enrolment whose letter is due; null when it is not, or somebody else has it. */
  async claim(tx: Tx, enrolmentId: EnrolmentId, now: Date, claimedUntil: Date): Promise<ClaimedEnrolment | null> {
    const [row] = await tx.query<
      NameRow & { track_version: number; step_index: number; facts: unknown; email_hash: string | null }
    >(
      `update nurture.enrolment set claimed_until = $3
       where id = $1 and status = 'active' and due_at <= $2 and (claimed_until is null or claimed_until <= $2)
       returning ${names}, track_version, step_index, facts, email_hash`,
      [enrolmentId, now, claimedUntil],
    );
    if (!row) return null;
    return {
      ...nameOf(row),
      trackVersion: row.track_version,
      stepIndex: row.step_index,
      facts: letterFactsSchema.parse(row.facts),
      emailHash: row.email_hash,
    };
  }

  /** Lets go of a claim: the letter of that step is due then. A suspended or ended one stays what it is. */
  async moveTo(tx: Tx, enrolmentId: EnrolmentId, stepIndex: number, dueAt: Date): Promise<void> {
    await tx.execute(
      `update nurture.enrolment set step_index = $2, due_at = $3, claimed_until = null where id = $1 and status <> 'ended'`,
      [enrolmentId, stepIndex, dueAt],
    );
  }

  /** The loser's enrolments become the winner's; of two in one track the winner's goes on. @returns those that ended. */
  async merge(tx: Tx, winnerId: string, loserId: string, at: Date): Promise<EnrolmentName[]> {
    const rows = await tx.query<NameRow>(
      `update nurture.enrolment loser set status = 'ended', ended_at = $3, end_reason = 'merged', due_at = null, claimed_until = null
       where loser.lead_id = $2 and loser.status <> 'ended' and exists (
         select from nurture.enrolment winner where winner.lead_id = $1 and winner.track = loser.track and (
           winner.status <> 'ended' or winner.end_reason = 'completed'
           or exists (select from nurture.send where enrolment_id = winner.id and status = 'sent')))
       returning ${names}`,
      [winnerId, loserId, at],
    );
    await tx.execute('update nurture.send set lead_id = $1 where lead_id = $2', [winnerId, loserId]);
    await tx.execute('update nurture.enrolment set lead_id = $1 where lead_id = $2', [winnerId, loserId]);
    return rows.map(nameOf);
  }

  /** What was addressed to these ids goes back to the lead that they are again. */
  async unmerge(tx: Tx, leadId: string, firstLeadIds: readonly string[]): Promise<void> {
    await tx.execute('update nurture.enrolment set lead_id = $1 where first_lead_id = any($2::uuid[])', [
      leadId,
      firstLeadIds,
    ]);
    await tx.execute(
      `update nurture.send set lead_id = $1 where enrolment_id in (
         select id from nurture.enrolment where first_lead_id = any($2::uuid[]))`,
      [leadId, firstLeadIds],
    );
  }

  /** Nothing that tells who they were stays; that letters were sent, and when, does. */
  async forget(tx: Tx, leadIds: readonly string[], at: Date): Promise<void> {
    await tx.execute(
      `update nurture.send set email_hash = null where enrolment_id in (
         select id from nurture.enrolment where lead_id = any($1::uuid[]) or first_lead_id = any($1::uuid[]))`,
      [leadIds],
    );
    await tx.execute(
      `update nurture.enrolment
       set status = 'ended', facts = null, email_hash = null, due_at = null, claimed_until = null,
           ended_at = coalesce(ended_at, $2), end_reason = coalesce(end_reason, 'erased')
       where lead_id = any($1::uuid[]) or first_lead_id = any($1::uuid[])`,
      [leadIds, at],
    );
  }
}

import { Injectable } from '@nestjs/common';
import type { LeadId, SubmissionId } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import type { Submission } from '../accept/submission.js';
import { ids, lines } from './columns.js';

/** A submission with what is thought of it before the database was asked. */
export interface Arrival {
  readonly submission: Submission;
  /** The address it claims, for {@link proposed}; one claim per address and batch. */
  readonly email: string | null;
  readonly phone: string | null;
  /** Whose it seems to be. */
  readonly proposed: LeadId;
  /** It seems to be the first of a new lead. */
  readonly isNew: boolean;
}

/** Submissions that need a closer look. */
export interface Left {
  /** Their delivery was there before. */
  readonly repeated: ReadonlySet<SubmissionId>;
  /** Their person may be known: their delivery is theirs, and nothing else is stored. */
  readonly known: ReadonlySet<SubmissionId>;
}

// Keys and addresses are claimed in one order, so that batches wait for each other one way only. What was claimed by
// another transaction that is still open is waited for.
const meet = `
  with said as materialized (
    select * from unnest(
      $1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::boolean[],
      string_to_array($6, E'\\n', '')::uuid[], string_to_array($7, E'\\n', ''), string_to_array($8, E'\\n', ''),
      string_to_array($9, E'\\n', ''), string_to_array($10, E'\\n', ''), string_to_array($11, E'\\n', ''),
      string_to_array($12, E'\\n', ''), string_to_array($13, E'\\n', ''), string_to_array($14, E'\\n', ''),
      string_to_array($15, E'\\n', '')
    ) as said(submission_id, lead_id, key, proposed, is_new,
              content, seconds, source_key, suspicion, trust, email, phone, facts, originals, received_at)
  ), held as (
    insert into ingestion.delivery (key, content, submission_id, expires_at)
    select key, content, submission_id, coalesce(now() + make_interval(secs => seconds::int), 'infinity') from said order by key
    on conflict (key) do nothing
    returning submission_id
  ), claimed as (
    insert into ingestion.lead_email (email, lead_id)
    select email, proposed from said join held using (submission_id) where email is not null order by email
    on conflict (email) do nothing
    returning email
  ), met as materialized (
    select said.* from said join held using (submission_id)
    where suspicion is not null or (is_new and (email is null or email in (select email from claimed)))
  ), new_lead as (
    insert into ingestion.lead (id, revision, story) select lead_id, 1, submission_id from met where suspicion is null
  ), new_phone as (
    insert into ingestion.lead_phone (phone, lead_id)
    select phone, lead_id from met where suspicion is null and phone is not null
  ), new_submission as (
    insert into ingestion.submission (id, lead_id, source_key, status, suspicion, trust, facts, originals, received_at)
    select submission_id, lead_id, source_key, case when suspicion is null then 'accepted' else 'quarantined' end,
           suspicion, trust, facts::json, originals::json, received_at::timestamptz
    from met
  )
  select said.submission_id, held.submission_id is null as is_repeated
  from said left join held using (submission_id)
  where not exists (select from met where met.submission_id = said.submission_id)`;

/** The way of most submissions, in one statement: a new delivery of a new person. */
@Injectable()
export class MeetingRepository {
  /** Stores those of new people, and those that are kept apart. @returns the others. */
  async meet(tx: Tx, arrivals: readonly Arrival[]): Promise<Left> {
    const submissions = arrivals.map(({ submission }) => submission);
    const rows = await tx.query<{ submission_id: SubmissionId; is_repeated: boolean }>(meet, [
      ids(submissions.map(({ submissionId }) => submissionId)),
      ids(submissions.map(({ leadId }) => leadId)),
      ids(submissions.map(({ delivery }) => delivery.key)),
      ids(arrivals.map(({ proposed }) => proposed)),
      ids(arrivals.map(({ isNew }) => (isNew ? 't' : 'f'))),
      lines(submissions.map(({ delivery }) => (delivery.isNamed ? delivery.content : null))),
      lines(
        submissions.map(({ delivery }) => (delivery.keptForSeconds === null ? null : String(delivery.keptForSeconds))),
      ),
      lines(submissions.map(({ sourceKey }) => sourceKey)),
      lines(submissions.map(({ suspicion }) => suspicion)),
      lines(submissions.map(({ trust }) => trust)),
      lines(arrivals.map(({ email }) => email)),
      lines(arrivals.map(({ phone }) => phone)),
      lines(submissions.map(({ facts }) => JSON.stringify(facts))),
      lines(submissions.map(originalsOf)),
      lines(submissions.map(({ receivedAt }) => receivedAt.toISOString())),
    ]);
    return {
      repeated: new Set(rows.flatMap((row) => (row.is_repeated ? row.submission_id : []))),
      known: new Set(rows.flatMap((row) => (row.is_repeated ? [] : row.submission_id))),
    };
  }
}

export function originalsOf({ originals }: Submission): string | null {
  for (const _path in originals) return JSON.stringify(originals);
  return null;
}

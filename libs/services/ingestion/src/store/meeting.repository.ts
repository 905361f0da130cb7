import { Injectable } from '@nestjs/common';
import { EventLog, appendInStatement } from '@relance/event-log';
import { LeadReceived } from '@relance/events';
import type { Announcement } from '@relance/events';
import type { LeadId, SubmissionId } from '@relance/lead';
import { Db } from '@relance/postgres';
import type { SqlValue, Tx } from '@relance/postgres';
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

/**
 * Addresses and keys are claimed in one order, so that batches wait for each other one way only; what was claimed by
 * another transaction that is still open is waited for. Within a transaction every key is claimed, but
 * for deliveries that are found by their person; a statement that
 * stands alone claims only those of new people, and says what it stored.
 */
function meet(more: 'in transaction' | 'alone'): string {
  const isAlone = more === 'alone';
  return `
    with said as materialized (
      select * from unnest(
        $1::uuid[], $2::uuid[], string_to_array($3, E'\\n', '')::uuid[], $4::uuid[], $5::boolean[],
        string_to_array($6, E'\\n', '')::uuid[], string_to_array($7, E'\\n', ''), string_to_array($8, E'\\n', ''),
        string_to_array($9, E'\\n', ''), string_to_array($10, E'\\n', ''), string_to_array($11, E'\\n', ''),
        string_to_array($12, E'\\n', ''), string_to_array($13, E'\\n', ''), string_to_array($14, E'\\n', ''),
        string_to_array($15, E'\\n', ''), string_to_array($16, E'\\n', '')::uuid[]
        ${isAlone ? `, string_to_array($17, E'\\n', '')::uuid[], string_to_array($18, E'\\n', '')` : ''}
      ) as said(submission_id, lead_id, key, proposed, is_new, named_content, seconds, source_key, suspicion, trust,
                email, phone, facts, originals, received_at, content ${isAlone ? ', event_id, envelope' : ''})
    ), claimed as (
      insert into ingestion.lead_email (email, lead_id)
      select email, proposed from said where email is not null order by email
      on conflict (email) do nothing
      returning email
    ), first as materialized (
      select submission_id from said
      where suspicion is not null or (is_new and (email is null or email in (select email from claimed)))
    ), held as (
      insert into ingestion.delivery (key, content, submission_id, expires_at)
      select key, named_content, submission_id, coalesce(now() + make_interval(secs => seconds::int), 'infinity')
      from said ${isAlone ? 'join first using (submission_id)' : 'cross join (select count(*) from claimed) as after'}
      where key is not null order by key
      on conflict (key) do nothing
      returning submission_id
    ), met as materialized (
      select said.* from said join first using (submission_id) left join held using (submission_id)
      where said.key is null or held.submission_id is not null
    ), new_lead as (
      insert into ingestion.lead (id, revision, story) select lead_id, 1, submission_id from met where suspicion is null
      returning id
    ), new_phone as (
      insert into ingestion.lead_phone (phone, lead_id)
      select phone, lead_id from met where suspicion is null and phone is not null
      returning phone
    ), new_submission as (
      insert into ingestion.submission
        (id, lead_id, source_key, status, suspicion, trust, content, facts, originals, received_at)
      select submission_id, lead_id, source_key, case when suspicion is null then 'accepted' else 'quarantined' end,
             suspicion, trust, content, facts::json, originals::json, received_at::timestamptz
      from met
      returning id
    ) ${isAlone ? `, new_event as (${appendReceived})` : ''}
    select said.submission_id, said.key is not null and held.submission_id is null as is_repeated
    from said left join held using (submission_id)
    where not exists (select from met where met.submission_id = said.submission_id)`;
}

const appendReceived = appendInStatement({
  from: 'met where met.event_id is not null',
  topic: `'${LeadReceived.topic}'`,
  key: 'met.lead_id::text',
  type: `'${LeadReceived.type}'`,
  id: 'met.event_id',
  envelope: 'met.envelope',
  after: ['new_lead', 'new_phone', 'new_submission'],
});

const meetInTransaction = meet('in transaction');
const meetAlone = meet('alone');

/** The way of most submissions, in one statement: a new delivery of a new person. */
@Injectable()
export class MeetingRepository {
  constructor(
    private readonly db: Db,
    private readonly log: EventLog,
  ) {}

  /** Stores those of new people, and those that are kept apart. @returns the others. */
  async meet(tx: Tx, arrivals: readonly Arrival[]): Promise<Left> {
    const rows = await tx.query<Row>(meetInTransaction, columnsOf(arrivals));
    return {
      repeated: new Set(rows.flatMap((row) => (row.is_repeated ? row.submission_id : []))),
      known: new Set(rows.flatMap((row) => (row.is_repeated ? [] : row.submission_id))),
    };
  }

  /**
   * The same as a transaction of its own that also says it: one round trip in all. Nothing is kept of the others but,
   * perhaps, a claim of their address for a lead that nobody made.
   *
   * @param said in the order of the arrivals; null for what is kept apart.
   * @returns the others.
   * @throws {DatabaseUnavailable} it may have happened or not; whoever asks again uses the same ids.
   */
  async meetAlone(arrivals: readonly Arrival[], said: readonly (Announcement | null)[]): Promise<Set<SubmissionId>> {
    const rows = await this.db.query<Row>(meetAlone, [
      ...columnsOf(arrivals),
      lines(said.map((each) => each?.id ?? null)),
      lines(said.map((each) => (each ? this.log.textOf(each) : null))),
    ]);
    if (rows.length < arrivals.length) this.log.appended();
    return new Set(rows.map((row) => row.submission_id));
  }
}

interface Row {
  submission_id: SubmissionId;
  is_repeated: boolean;
}

function columnsOf(arrivals: readonly Arrival[]): SqlValue[] {
  const submissions = arrivals.map(({ submission }) => submission);
  return [
    ids(submissions.map(({ submissionId }) => submissionId)),
    ids(submissions.map(({ leadId }) => leadId)),
    lines(submissions.map(({ delivery }) => (delivery.isFoundBy === 'key' ? delivery.key : null))),
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
    lines(submissions.map(contentOf)),
  ];
}

/** What it is found by later, where it is found by its person. */
export function contentOf({ delivery }: Submission): string | null {
  return delivery.isFoundBy === 'person' ? delivery.content : null;
}

export function originalsOf({ originals }: Submission): string | null {
  for (const _path in originals) return JSON.stringify(originals);
  return null;
}

import { Injectable } from '@nestjs/common';
import type { LeadFacts, LeadId, SourceKey, SubmissionId } from '@relance/lead';
import { Db } from '@relance/postgres';
import type { Tx } from '@relance/postgres';
import type { Trust } from '../decide/join-facts.js';
import type { Accepted, Submission } from '../accept/submission.js';
import type { Suspicion } from '../decide/decide-suspicion.js';
import type { LeadRow } from './lead.repository.js';
import { contentOf, originalsOf } from './meeting.repository.js';

/** A submission and the lead it belongs to. */
export interface AddressedSubmission {
  readonly submission: Submission;
  readonly leadId: LeadId;
}

/** A submission that waits for somebody to look at it. */
export interface QuarantinedSubmission {
  readonly submissionId: SubmissionId;
  readonly leadId: LeadId;
  readonly sourceKey: SourceKey;
  readonly status: 'quarantined' | 'released';
  readonly suspicion: Suspicion;
  readonly trust: Trust;
  readonly facts: LeadFacts;
  readonly receivedAt: Date;
}

interface Row {
  id: SubmissionId;
  lead_id: LeadId;
  source_key: SourceKey;
  status: 'accepted' | 'quarantined' | 'released';
  suspicion: Suspicion | null;
  trust: Trust;
  facts: LeadFacts;
  received_at: Date;
}

const insertAll = `
  with new_lead as (
    insert into ingestion.lead (id, revision, facts, alternatives, story)
    select id, revision, facts::json, alternatives::json, story
    from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::uuid[]) as said(id, revision, facts, alternatives, story)
  ), new_phone as (
    insert into ingestion.lead_phone (phone, lead_id)
    select phone, lead_id from unnest($6::text[], $7::uuid[]) as said(phone, lead_id) order by phone, lead_id
    on conflict do nothing
  )
  insert into ingestion.submission
    (id, lead_id, source_key, status, suspicion, trust, content, facts, originals, received_at)
  select id, lead_id, source_key, case when suspicion is null then 'accepted' else 'quarantined' end,
         suspicion, trust, content, facts::json, originals::json, received_at
  from unnest($8::uuid[], $9::uuid[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[],
              $15::timestamptz[], $16::uuid[])
    as said(id, lead_id, source_key, suspicion, trust, facts, originals, received_at, content)`;

const saidBefore = `
  select said.nr, earlier.id, earlier.lead_id
  from unnest($1::int[], $2::uuid[], $3::uuid[], $4::timestamptz[]) as said(nr, lead_id, content, since)
  join ingestion.submission earlier
    on earlier.lead_id = said.lead_id and earlier.content = said.content and earlier.received_at > said.since
  order by earlier.id desc`;

const answersOf = `select id, lead_id, suspicion from ingestion.submission where id = any($1::uuid[])`;

const columns = 'id, lead_id, source_key, status, suspicion, trust, facts, received_at';
const quarantined = `
  select ${columns} from ingestion.submission
  where status = 'quarantined' and ($2::uuid is null or id < $2::uuid) order by id desc limit $1`;
const lockSubmission = `select ${columns} from ingestion.submission where id = $1 for update`;
const markReleased = `update ingestion.submission set status = 'released' where id = $1`;

@Injectable()
export class SubmissionRepository {
  constructor(private readonly db: Db) {}

  /** Stores leads, whose numbers are whose, and submissions, in one statement. */
  async insert(
    tx: Tx,
    leads: readonly LeadRow[],
    phones: readonly { phone: string; leadId: LeadId }[],
    submissions: readonly AddressedSubmission[],
  ): Promise<void> {
    await tx.execute(insertAll, [
      leads.map((lead) => lead.leadId),
      leads.map((lead) => lead.revision),
      leads.map((lead) => (lead.revision === 1 ? null : JSON.stringify(lead.facts))),
      leads.map((lead) => (lead.alternatives.length === 0 ? null : JSON.stringify(lead.alternatives))),
      leads.map((lead) => lead.story),
      phones.map(({ phone }) => phone),
      phones.map(({ leadId }) => leadId),
      submissions.map(({ submission }) => submission.submissionId),
      submissions.map(({ leadId }) => leadId),
      submissions.map(({ submission }) => submission.sourceKey),
      submissions.map(({ submission }) => submission.suspicion),
      submissions.map(({ submission }) => submission.trust),
      submissions.map(({ submission }) => JSON.stringify(submission.facts)),
      submissions.map(({ submission }) => originalsOf(submission)),
      submissions.map(({ submission }) => submission.receivedAt.toISOString()),
      submissions.map(({ submission }) => contentOf(submission)),
    ]);
  }

  /** The first submission of the same content that each person sent within the time that a key would be kept. */
  async saidBefore(
    tx: Tx,
    candidates: readonly { submission: Submission; leadIds: ReadonlySet<LeadId> }[],
  ): Promise<Map<Submission, Accepted>> {
    const asked = candidates.flatMap(({ submission, leadIds }, nr) =>
      [...leadIds].map((leadId) => ({ nr, leadId, submission })),
    );
    const rows = await tx.query<{ nr: number; id: SubmissionId; lead_id: LeadId }>(saidBefore, [
      asked.map(({ nr }) => nr),
      asked.map(({ leadId }) => leadId),
      asked.map(({ submission }) => submission.delivery.content),
      asked.map(({ submission }) => sinceWhen(submission)),
    ]);
    return new Map(
      rows.flatMap(({ nr, id, lead_id: leadId }) => {
        const candidate = candidates[nr];
        return candidate ? [[candidate.submission, { submissionId: id, leadId, status: 'accepted' }] as const] : [];
      }),
    );
  }

  /** What the senders of these submissions were told. Those that do not exist are not answered. */
  async answersOf(tx: Tx, submissionIds: readonly SubmissionId[]): Promise<Map<SubmissionId, Accepted>> {
    const rows = await tx.query<Pick<Row, 'id' | 'lead_id' | 'suspicion'>>(answersOf, [submissionIds]);
    return new Map(
      rows.map((row) => [
        row.id,
        { submissionId: row.id, leadId: row.lead_id, status: row.suspicion === null ? 'accepted' : 'quarantined' },
      ]),
    );
  }

  /** Newest first. */
  async quarantined(limit: number, before: SubmissionId | null): Promise<QuarantinedSubmission[]> {
    const rows = await this.db.query<Row>(quarantined, [limit, before]);
    return rows.flatMap((row) => quarantinedSubmission(row) ?? []);
  }

  /** Locks a submission that is or was kept apart; null when there is none. */
  async lockQuarantined(tx: Tx, submissionId: SubmissionId): Promise<QuarantinedSubmission | null> {
    const [row] = await tx.query<Row>(lockSubmission, [submissionId]);
    return row ? quarantinedSubmission(row) : null;
  }

  async markReleased(tx: Tx, submissionId: SubmissionId): Promise<void> {
    await tx.execute(markReleased, [submissionId]);
  }
}

function sinceWhen({ receivedAt, delivery }: Submission): string {
  return new Date(receivedAt.getTime() - (delivery.keptForSeconds ?? 0) * 1_000).toISOString();
}

function quarantinedSubmission(row: Row): QuarantinedSubmission | null {
  if (row.status === 'accepted' || row.suspicion === null) return null;
  return {
    submissionId: row.id,
    leadId: row.lead_id,
    sourceKey: row.source_key,
    status: row.status,
    suspicion: row.suspicion,
    trust: row.trust,
    facts: row.facts,
    receivedAt: row.received_at,
  };
}

import { Injectable } from '@nestjs/common';
import type { EnrolmentView, SendView, SuppressionView } from '@relance/api';
import { Db } from '@relance/postgres';

interface Slice {
  readonly leadId: string | null;
  readonly before: { readonly at: string; readonly id: string } | null;
  readonly limit: number;
}

/** A view as the database gives it: its instants are dates still. */
type Row<View, Instants extends keyof View> = Omit<View, Instants> & {
  readonly [Key in Instants]: null extends View[Key] ? Date | null : Date;
};

const iso = (at: Date | null): string | null => at && at.toISOString();

/** What people look at, newest first, and what the sweep looks for. */
@Injectable()
export class OverviewRepository {
  constructor(private readonly db: Db) {}

  async enrolments({ leadId, before, limit }: Slice): Promise<EnrolmentView[]> {
    const rows = await this.db.query<Row<EnrolmentView, 'dueAt' | 'startedAt' | 'endedAt'>>(
      `select id as "enrolmentId", lead_id as "leadId", track, track_version as "trackVersion", status, step_index as step,
         due_at as "dueAt", resume_at::text as "resumeAt", started_at as "startedAt", ended_at as "endedAt",
         end_reason as "endReason"
       from nurture.enrolment
       where ($1::uuid is null or lead_id = $1) and ($2::timestamptz is null or (started_at, id) < ($2, $3::uuid))
       order by started_at desc, id desc limit $4`,
      [leadId, before?.at ?? null, before?.id ?? null, limit],
    );
    return rows.map((row) => ({
      ...row,
      dueAt: iso(row.dueAt),
      startedAt: row.startedAt.toISOString(),
      endedAt: iso(row.endedAt),
    }));
  }

  async sends({ leadId, before, limit }: Slice): Promise<SendView[]> {
    const rows = await this.db.query<Row<SendView, 'at'>>(
      `select id as "sendId", enrolment_id as "enrolmentId", lead_id as "leadId", step, attempt, message_id as "messageId",
         status, guard, at
       from nurture.send
       where ($1::uuid is null or lead_id = $1) and ($2::uuid is null or id < $2)
       order by id desc limit $3`,
      [leadId, before?.id ?? null, limit],
    );
    return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
  }

  async suppressions({ before, limit }: Omit<Slice, 'leadId'>): Promise<SuppressionView[]> {
    const rows = await this.db.query<Row<SuppressionView, 'at'>>(
      `select email_hash as "emailHash", reason, at from nurture.suppression
       where $1::timestamptz is null or (at, email_hash) < ($1, $2)
       order by at desc, email_hash desc limit $3`,
      [before?.at ?? null, before?.id ?? null, limit],
    );
    return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
  }

  /** Enrolments with a letter due before `until` that nobody is at work on, in the order of their dates. */
  async due(
    now: Date,
    until: Date,
    after: { readonly dueAt: Date; readonly enrolmentId: string } | null,
    limit: number,
  ): Promise<{ enrolmentId: string; dueAt: Date }[]> {
    return this.db.query<{ enrolmentId: string; dueAt: Date }>(
      `select id as "enrolmentId", due_at as "dueAt" from nurture.enrolment
       where status = 'active' and due_at <= $1 and (claimed_until is null or claimed_until <= $2)
         and (due_at, id) > (coalesce($3, '-infinity'::timestamptz), coalesce($4, '00000000-0000-0000-0000-000000000000'::uuid))
       order by due_at, id limit $5`,
      [until, now, after?.dueAt ?? null, after?.enrolmentId ?? null, limit],
    );
  }
}

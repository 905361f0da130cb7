import { Injectable } from '@nestjs/common';
import type { LeadId, SourceKey } from '@relance/lead';
import type { Tx } from '@relance/postgres';

/** Something a known person did, as a server tells it. */
export interface Engagement {
  readonly sourceKey: SourceKey;
  /** The sender's own id of it. */
  readonly externalId: string;
  /** Whom it is about: normalised, one of them at least. */
  readonly leadId: LeadId | undefined;
  readonly email: string | undefined;
  readonly phone: string | undefined;
  /** `webinar.attended`, `email.clicked` … */
  readonly kind: string;
  readonly at: Date;
  readonly properties: Readonly<Record<string, string | number | boolean>>;
}

const leadsOf = `
  select source_key, external_id, lead_id from ingestion.engagement
  where (source_key, external_id) in (select * from unnest($1::text[], $2::text[]))`;

// The oldest lead of a number: there may be several.
const recognise = `
  select said.source_key, said.external_id, coalesce(said.lead_id, by_email.lead_id,
    (select phone.lead_id from ingestion.lead_phone phone where phone.phone = said.phone order by phone.lead_id limit 1)) as lead_id
  from unnest($1::text[], $2::text[], $3::uuid[], $4::text[], $5::text[]) as said(source_key, external_id, lead_id, email, phone)
  left join ingestion.lead_email by_email on by_email.email = said.email`;

const insertAll = `
  insert into ingestion.engagement (source_key, external_id, lead_id, kind, at, properties)
  select source_key, external_id, lead_id, kind, at, properties::json
  from unnest($1::text[], $2::text[], $3::uuid[], $4::text[], $5::timestamptz[], $6::text[])
    as said(source_key, external_id, lead_id, kind, at, properties)
  order by source_key, external_id
  on conflict (source_key, external_id) do nothing
  returning source_key, external_id`;

interface Named {
  source_key: string;
  external_id: string;
}

/** Engagements, by `source key, newline, external id`. */
@Injectable()
export class EngagementRepository {
  /** The leads of those that were told before. */
  async leadsOf(tx: Tx, engagements: readonly Engagement[]): Promise<Map<string, LeadId>> {
    const rows = await tx.query<Named & { lead_id: LeadId }>(leadsOf, names(engagements));
    return new Map(rows.map((row) => [nameOf(row), row.lead_id]));
  }

  /** Whose they are: by lead id, else by e-mail address, else by phone number. Strangers are not answered. */
  async recognise(tx: Tx, engagements: readonly Engagement[]): Promise<Map<string, LeadId>> {
    if (engagements.length === 0) return new Map();
    const rows = await tx.query<Named & { lead_id: LeadId | null }>(recognise, [
      ...names(engagements),
      engagements.map(({ leadId }) => leadId ?? null),
      engagements.map(({ email }) => email ?? null),
      engagements.map(({ phone }) => phone ?? null),
    ]);
    return new Map(rows.flatMap((row) => (row.lead_id === null ? [] : [[nameOf(row), row.lead_id] as const])));
  }

  /** @returns those that another transaction did not store first. */
  async insert(tx: Tx, rows: readonly { engagement: Engagement; leadId: LeadId }[]): Promise<Set<string>> {
    if (rows.length === 0) return new Set();
    const engagements = rows.map(({ engagement }) => engagement);
    const stored = await tx.query<Named>(insertAll, [
      ...names(engagements),
      rows.map(({ leadId }) => leadId),
      engagements.map(({ kind }) => kind),
      engagements.map(({ at }) => at.toISOString()),
      engagements.map(({ properties }) => JSON.stringify(properties)),
    ]);
    return new Set(stored.map(nameOf));
  }
}

function names(engagements: readonly Engagement[]): [string[], string[]] {
  return [engagements.map(({ sourceKey }) => sourceKey), engagements.map(({ externalId }) => externalId)];
}

function nameOf(row: Named): string {
  return `${row.source_key}\n${row.external_id}`;
}

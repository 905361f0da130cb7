import { Injectable } from '@nestjs/common';
import type { LeadId } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import type { Engagement } from '../decide/engagement.js';

/** An engagement as it was told: its event's id keeps a repeat out. */
export interface ToldEngagement extends Engagement {
  readonly leadId: LeadId;
  readonly eventId: string;
}

/** More than any cap needs; what a machine that opens every letter adds beyond is left aside. */
const mostOfOneLead = 500;

const insertEngagements = `
  insert into scoring.engagement (lead_id, at, event_id, kind, source_key, properties)
  select lead_id, at, event_id, kind, source_key, properties::json
  from unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::text[], $5::text[], $6::text[])
    as told(lead_id, at, event_id, kind, source_key, properties)
  on conflict do nothing`;

const readEngagements = `
  with recursive family as (
    select id as root, id from unnest($1::uuid[]) as id
    union
    select family.root, lead.lead_id from family join scoring.lead on lead.merged_into = family.id
  )
  select family.root, latest.kind, latest.at, latest.source_key, latest.properties
  from family cross join lateral (
    select kind, at, source_key, properties from scoring.engagement
    where lead_id = family.id order by at desc, event_id limit $2
  ) as latest`;

interface EngagementRow {
  root: LeadId;
  kind: string;
  at: Date;
  source_key: string | null;
  properties: Record<string, string | number | boolean>;
}

/** What leads did. Kept under the id it was addressed to; read for a lead together with those merged into it. */
@Injectable()
export class EngagementRepository {
  async add(tx: Tx, told: readonly ToldEngagement[]): Promise<void> {
    if (told.length === 0) return;
    await tx.execute(insertEngagements, [
      told.map((engagement) => engagement.leadId),
      told.map((engagement) => engagement.at),
      told.map((engagement) => engagement.eventId),
      told.map((engagement) => engagement.kind),
      told.map((engagement) => engagement.sourceKey ?? null),
      told.map((engagement) => JSON.stringify(engagement.properties)),
    ]);
  }

  /** The latest engagements of each lead and of those merged into it. */
  async of(tx: Tx, leadIds: readonly LeadId[]): Promise<ReadonlyMap<LeadId, readonly Engagement[]>> {
    if (leadIds.length === 0) return new Map();
    const rows = await tx.query<EngagementRow>(readEngagements, [leadIds, mostOfOneLead]);
    const engagements = new Map<LeadId, Engagement[]>();
    for (const row of rows) {
      const { kind, at, properties } = row;
      const engagement = { kind, at, properties, ...(row.source_key === null ? {} : { sourceKey: row.source_key }) };
      const ofLead = engagements.get(row.root);
      if (ofLead) ofLead.push(engagement);
      else engagements.set(row.root, [engagement]);
    }
    return engagements;
  }

  async forget(tx: Tx, leadIds: readonly LeadId[]): Promise<void> {
    await tx.execute('delete from scoring.engagement where lead_id = any($1::uuid[])', [leadIds]);
  }
}

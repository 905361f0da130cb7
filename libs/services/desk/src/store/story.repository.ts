import type { LeadListItem, LeadStory } from '@relance/api';
import type { LeadFacts, LeadId, Stage, Verdict } from '@relance/lead';
import type { Db } from '@relance/postgres';

interface LeadRow {
  leadId: LeadId;
  stage: Stage;
  test: boolean;
  verdict: Verdict | null;
  owner: string | null;
  ownerName: string | null;
  facts: LeadFacts | null;
  alternatives: unknown[] | null;
  score: Record<string, unknown> | null;
  mergedFrom: LeadId[];
  companyFacts: LeadFacts['company'] | null;
}

const lead = `
  select lead.lead_id as "leadId", lead.stage, lead.is_test as test, lead.verdict, lead.owner, member.name as "ownerName",
         lead.facts, lead.alternatives, lead.score, company.facts as "companyFacts",
         array(select loser.lead_id::text from desk.lead as loser where loser.merged_into = lead.lead_id order by loser.lead_id) as "mergedFrom"
  from desk.lead
  left join desk.member on member.member = lead.owner
  left join desk.company on company.company_id = (lead.facts->'company'->>'companyId')::uuid`;

const winnerOf = `
  with recursive chain as (
    select lead_id, merged_into, 1 as step from desk.lead where lead_id = $1
    union all
    select lead.lead_id, lead.merged_into, chain.step + 1 from chain join desk.lead on lead.lead_id = chain.merged_into where chain.step < 20
  )
  select lead_id as "leadId" from chain order by step desc limit 1`;

const timeline = `
  select at, recorded_at as "recordedAt", type, summary, data from desk.timeline
  where lead_id = any($1::uuid[]) order by position limit $2`;

const clocks = `
  select milestone, state, due_at as "dueAt", assignment_id as "assignmentId" from desk.clock
  where lead_id = any($1::uuid[]) order by due_at, clock_id`;

const list = `
  ${lead}
  where lead.merged_into is null and not lead.is_erased
    and ($1::text is null or (lead.search <> '' and to_tsvector('simple', lead.search) @@ to_tsquery('simple', $1)))
    and ($2::text is null or lead.stage = $2)
    and ($3::uuid is null or lead.lead_id < $3::uuid)
  order by lead.lead_id desc limit $4`;

/** A story of more events than this shows its first ones. */
const longestStory = 2_000;

/** Reads what people look at. */
export class StoryRepository {
  constructor(private readonly db: Db) {}

  /** The story of a lead, or of the lead that it was merged into; null when nobody heard of it. */
  async story(leadId: LeadId): Promise<LeadStory | null> {
    const [winner] = await this.db.query<{ leadId: LeadId }>(winnerOf, [leadId]);
    if (!winner) return null;
    const [row] = await this.db.query<LeadRow>(`${lead} where lead.lead_id = $1`, [winner.leadId]);
    if (!row) return null;
    const ids = [row.leadId, ...row.mergedFrom];
    const [events, promises] = await Promise.all([
      this.db.query<{ at: Date; recordedAt: Date; type: string; summary: string; data: Record<string, unknown> }>(
        timeline,
        [ids, longestStory],
      ),
      this.db.query<{ milestone: string; state: string; dueAt: Date; assignmentId: string | null }>(clocks, [ids]),
    ]);
    return {
      ...headOf(row),
      mergedFrom: row.mergedFrom,
      request: row.facts?.request ?? {},
      attribution: row.facts?.attribution ?? {},
      alternatives: row.alternatives ?? [],
      score: row.score,
      clocks: promises.map((promise) => ({ ...promise, dueAt: promise.dueAt.toISOString() })) as LeadStory['clocks'],
      timeline: events.map((event) => ({
        ...event,
        at: event.at.toISOString(),
        recordedAt: event.recordedAt.toISOString(),
      })),
    };
  }

  /** Newest first. */
  async list(filter: {
    query: string | null;
    stage: Stage | null;
    before: LeadId | null;
    limit: number;
  }): Promise<LeadListItem[]> {
    const rows = await this.db.query<LeadRow>(list, [filter.query, filter.stage, filter.before, filter.limit]);
    return rows.map((row) => ({ ...headOf(row), receivedAt: row.facts?.receivedAt ?? null }));
  }
}

function headOf(row: LeadRow): Omit<LeadListItem, 'receivedAt'> {
  return {
    leadId: row.leadId,
    stage: row.stage,
    test: row.test,
    verdict: row.verdict,
    owner:
      row.owner === null ? null : { member: row.owner, ...(row.ownerName === null ? {} : { name: row.ownerName }) },
    person: row.facts?.person ?? {},
    company: { ...row.companyFacts, ...row.facts?.company },
  };
}

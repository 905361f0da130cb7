import { Injectable } from '@nestjs/common';
import type { Company, CompanyId } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import type { CompanyNews } from '../decide/decide-score.js';

/** News about a company, as they were told. */
export interface ToldCompany {
  readonly companyId: CompanyId;
  readonly eventId: string;
  readonly revision: number;
  readonly facts: Company;
  readonly signal: { readonly kind: string; readonly at: Date; readonly halfLifeDays: number } | null;
}

const makeCompanies = `
  insert into scoring.company (company_id, revision)
  select id, 0 from unnest($1::uuid[]) as id order by id on conflict do nothing`;

const shareCompanies = 'select from scoring.company where company_id = any($1::uuid[]) order by company_id for share';

const upsertCompanies = `
  insert into scoring.company as kept (company_id, revision, facts)
  select company_id, revision, facts::json from unnest($1::uuid[], $2::int[], $3::text[]) as told(company_id, revision, facts)
  order by company_id
  on conflict (company_id) do update
    set revision = greatest(kept.revision, excluded.revision),
        facts = case when excluded.revision > kept.revision then excluded.facts else kept.facts end`;

const insertSignals = `
  insert into scoring.company_signal (company_id, at, event_id, kind, half_life_days)
  select * from unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::text[], $5::float8[])
  on conflict do nothing`;

const readCompanies = `
  select company.company_id, company.facts, latest.kind, latest.at, latest.half_life_days
  from scoring.company left join lateral (
    select kind, at, half_life_days from scoring.company_signal
    where company_id = company.company_id order by at desc, event_id limit 100
  ) as latest on true
  where company.company_id = any($1::uuid[]) and (company.facts is not null or latest.kind is not null)`;

interface CompanyRow {
  company_id: CompanyId;
  facts: Company | null;
  kind: string | null;
  at: Date | null;
  half_life_days: number | null;
}

/** What is known about companies beyond what leads said. */
@Injectable()
export class CompanyRepository {
  /**
   * Keeps news about companies out until the transaction ends: whoever scores a new lead and whoever tells of its
   * company see each other's work, in either order. Takes companies before leads, as {@link enrich} does.
   */
  async share(tx: Tx, companyIds: readonly CompanyId[]): Promise<void> {
    const distinct = [...new Set(companyIds)];
    if (distinct.length === 0) return;
    await tx.execute(makeCompanies, [distinct]);
    await tx.execute(shareCompanies, [distinct]);
  }

  /** Takes in news. Facts of an older revision are left aside; a signal is a fact of its own and always counts. */
  async enrich(tx: Tx, told: readonly ToldCompany[]): Promise<void> {
    await tx.execute(upsertCompanies, [
      told.map(({ companyId }) => companyId),
      told.map(({ revision }) => revision),
      told.map(({ facts }) => JSON.stringify(facts)),
    ]);
    const signals = told.flatMap(({ companyId, eventId, signal }) => (signal ? [{ companyId, eventId, signal }] : []));
    if (signals.length === 0) return;
    await tx.execute(insertSignals, [
      signals.map(({ companyId }) => companyId),
      signals.map(({ signal }) => signal.at),
      signals.map(({ eventId }) => eventId),
      signals.map(({ signal }) => signal.kind),
      signals.map(({ signal }) => signal.halfLifeDays),
    ]);
  }

  async of(tx: Tx, companyIds: readonly CompanyId[]): Promise<ReadonlyMap<CompanyId, CompanyNews>> {
    const distinct = [...new Set(companyIds)];
    if (distinct.length === 0) return new Map();
    const rows = await tx.query<CompanyRow>(readCompanies, [distinct]);
    const ofCompany = Map.groupBy(rows, (row) => row.company_id);
    return new Map([...ofCompany].map(([companyId, signals]) => [companyId, newsOf(signals)]));
  }
}

function newsOf(rows: readonly CompanyRow[]): CompanyNews {
  return {
    facts: rows[0]?.facts ?? null,
    signals: rows.flatMap(({ kind, at, half_life_days }) =>
      kind === null || at === null || half_life_days === null
        ? []
        : [{ kind: `company.${kind}`, at, properties: {}, halfLifeDays: half_life_days }],
    ),
  };
}

import type { CompanyEnriched, Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';

/** What is known of companies besides what their leads said. */
export class CompanyRepository {
  async keep(tx: Tx, events: readonly Envelope<CompanyEnriched>[]): Promise<void> {
    await tx.execute(
      `insert into desk.company as known (company_id, revision, facts)
       select heard.company_id, heard.revision, heard.facts::json from unnest($1::uuid[], $2::int[], $3::text[]) as heard(company_id, revision, facts)
       on conflict (company_id) do update set revision = excluded.revision, facts = excluded.facts
         where known.revision < excluded.revision`,
      [
        events.map((event) => event.data.companyId),
        events.map((event) => event.data.revision),
        events.map((event) => JSON.stringify(event.data.facts)),
      ],
    );
  }
}

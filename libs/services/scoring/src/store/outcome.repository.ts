import { Injectable } from '@nestjs/common';
import type { LeadId } from '@relance/lead';
import type { Tx } from '@relance/postgres';

/** What became of a lead. */
export interface Outcome {
  readonly leadId: LeadId;
  readonly eventId: string;
  readonly at: Date;
  readonly outcome: 'qualified' | 'won' | 'rejected' | 'lost';
  readonly reason: string | null;
}

const insertOutcomes = `
  insert into scoring.outcome (lead_id, at, event_id, outcome, reason)
  select * from unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::text[], $5::text[])
  on conflict do nothing`;

/** What became of leads: what learning will learn from. */
@Injectable()
export class OutcomeRepository {
  async add(tx: Tx, outcomes: readonly Outcome[]): Promise<void> {
    if (outcomes.length === 0) return;
    await tx.execute(insertOutcomes, [
      outcomes.map(({ leadId }) => leadId),
      outcomes.map(({ at }) => at),
      outcomes.map(({ eventId }) => eventId),
      outcomes.map(({ outcome }) => outcome),
      outcomes.map(({ reason }) => reason),
    ]);
  }

  async forget(tx: Tx, leadIds: readonly LeadId[]): Promise<void> {
    await tx.execute('delete from scoring.outcome where lead_id = any($1::uuid[])', [leadIds]);
  }
}

import type { Envelope, SlaStarted } from '@relance/events';
import type { Tx } from '@relance/postgres';

export type ClockState = 'open' | 'met' | 'breached' | 'stopped' | 'withdrawn';

/** The promises that run, or ran, for a lead. */
export class ClockRepository {
  async start(tx: Tx, events: readonly Envelope<SlaStarted>[]): Promise<void> {
    await tx.execute(
      `insert into desk.clock (clock_id, lead_id, milestone, state, due_at, assignment_id)
       select heard.clock_id, heard.lead_id, heard.milestone, 'open', heard.due_at, heard.assignment_id
       from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::uuid[]) as heard(clock_id, lead_id, milestone, due_at, assignment_id)
       on conflict (clock_id) do update set due_at = excluded.due_at`,
      [
        events.map((event) => event.data.clockId),
        events.map((event) => event.data.leadId),
        events.map((event) => event.data.milestone),
        events.map((event) => event.data.dueAt),
        events.map((event) => event.data.assignmentId ?? null),
      ],
    );
  }

  async move(tx: Tx, clockIds: readonly string[], state: ClockState): Promise<void> {
    await tx.execute('update desk.clock set state = $2 where clock_id = any($1::uuid[])', [clockIds, state]);
  }
}

import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { keptOf, summariseEvent } from '../decide/summarise-event.js';

const append = `
  insert into desk.timeline (lead_id, position, at, recorded_at, type, summary, data)
  select line.lead_id, line.position, line.at, line.recorded_at, line.type, line.summary, line.data
  from rows from (
    unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::timestamptz[], $5::text[], $6::text[]), json_array_elements($7::json)
  ) as line(lead_id, position, at, recorded_at, type, summary, data)
  on conflict do nothing`;

/** Every event of a lead, in the order in which it was recorded. */
export class TimelineRepository {
  async append(tx: Tx, events: readonly Envelope[]): Promise<void> {
    await tx.execute(append, [
      events.map((event) => event.subject),
      events.map((event) => event.position),
      events.map((event) => event.time),
      events.map((event) => event.recordedat),
      events.map((event) => event.type),
      events.map(summariseEvent),
      JSON.stringify(events.map(keptOf)),
    ]);
  }

  /** Keeps that something happened and when; what it was is gone. */
  async forget(tx: Tx, leadIds: readonly string[]): Promise<void> {
    await tx.execute(`update desk.timeline set summary = 'erased', data = '{}' where lead_id = any($1::uuid[])`, [
      leadIds,
    ]);
  }

  async forgetFrom(tx: Tx, position: number): Promise<void> {
    await tx.execute('delete from desk.timeline where position >= $1', [position]);
  }
}

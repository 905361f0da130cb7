import { flow } from '@relance/events';
import type { Announcement } from '@relance/events';
import type { Tx } from '@relance/postgres';
import type { Wakeup } from './wakeup.js';

const appendEvents = `
  with locked as materialized (select event_log.take_lock())
  insert into event_log.event (topic, key, type, id, envelope, appended_at)
  select said.topic, said.key, said.type, said.id, said.envelope, date_trunc('milliseconds', clock_timestamp())
  from locked, rows from (unnest($1::text[], $2::text[], $3::text[], $4::uuid[]), json_array_elements($5::json))
    as said(topic, key, type, id, envelope)
  on conflict (id) do nothing`;

const sayers = new Map(
  flow.map(({ event, saidBy }) => [event.type, new Set(saidBy.map((service) => `/relance/${service}`))]),
);

/**
 * The log that is also the outbox: what services tell each other, in the order in which it was committed.
 *
 * A service announces in the transaction that changes its state. `append` only collects; the transaction's last
 * statement takes the log's lock and inserts, then COMMIT. So positions are the order of commits and a reader's
 * cursor is one number. Nothing follows the lock, so it cannot deadlock.
 */
export class EventLog {
  private readonly collected = new WeakMap<Tx, Announcement[]>();

  constructor(private readonly wakeup: Wakeup) {}

  /** Announces facts with this transaction. A fact whose id stands in the log already is not said again. */
  async append(tx: Tx, announcements: readonly Announcement[]): Promise<void> {
    if (announcements.length === 0) return;
    for (const said of announcements) checkFlow(said);
    const earlier = this.collected.get(tx);
    if (earlier) {
      earlier.push(...announcements);
      return;
    }
    const collected = [...announcements];
    this.collected.set(tx, collected);
    tx.last(() => insert(tx, collected));
    tx.afterCommit(() => this.wakeup.nudge());
  }

  /** A fact as the log stores it, for `appendInStatement`. */
  textOf(said: Announcement): string {
    checkFlow(said);
    const { topic: _topic, ...envelope } = said;
    return JSON.stringify(envelope);
  }

  /** Tells the readers of this process that a statement has appended by itself. */
  appended(): void {
    this.wakeup.nudge();
  }
}

function checkFlow({ type, source }: Announcement): void {
  if (sayers.get(type)?.has(source) === false) throw new Error(`${source} says ${type}, and the flow does not know it`);
}

async function insert(tx: Tx, announcements: readonly Announcement[]): Promise<void> {
  await tx.execute(appendEvents, [
    announcements.map((said) => said.topic),
    announcements.map((said) => said.subject),
    announcements.map((said) => said.type),
    announcements.map((said) => said.id),
    JSON.stringify(announcements.map(({ topic: _topic, ...envelope }) => envelope)),
  ]);
}

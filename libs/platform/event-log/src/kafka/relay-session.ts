import pg from 'pg';
import { AppError } from '@relance/errors';
import type { Logger } from '@relance/logging';
import { describeError } from '@relance/logging';
import type { Offsets } from './offsets.js';
import type { RelayRow } from './relay-row.js';

/** How far the relay is, as the database has it. */
export interface RelayState {
  readonly position: number;
  readonly log: string;
  readonly epoch: number;
  readonly clusterId: string | null;
  /** The offset after the last acknowledged record. */
  readonly acknowledged: Offsets;
}

/** This relay is no longer the one: its session is gone, or the cursor moved under it. It starts over by taking the lock anew. */
export class RelayEnded extends AppError {
  readonly code = 'event-log.relay-ended';
  readonly kind = 'unavailable';

  constructor(why: string, cause?: unknown) {
    super(`The relay ended: ${why}`, {}, { cause });
  }
}

const queryTimeoutMs = 5_000;
/**
 * The server ends the session of a relay that says nothing for a while (it says something five times as often), and
 * lets a dead connection go after 5 s + 3 × 2 s: the lock is free again, whether its holder was killed, frozen or cut off.
 */
const sessionOptions = [
  'idle_in_transaction_session_timeout=2000',
  'tcp_keepalives_idle=5',
  'tcp_keepalives_interval=2',
  'tcp_keepalives_count=3',
  `statement_timeout=${queryTimeoutMs - 1_000}`,
  'timezone=UTC',
];
const int8 = 20;

const readRows = `
  select position, topic, key, type, id::text as id, envelope::text as envelope, appended_at
  from event_log.event where position > $1 order by position limit $2`;

/** Only from where it was believed to be: a second relay, or a new start at the oldest event, is noticed here. */
const moveCursor = `
  with moved as (
    update event_log.reader set position = $2
    where group_name = 'relay' and position = $1 and exists (select from event_log.relay where epoch = $3)
    returning 1
  )
  update event_log.relay set acknowledged = $4 where exists (select from moved) returning 1`;

const startAgain = `
  with oldest as (select coalesce(min(position) - 1, 0) as position from event_log.event),
  cursor as (
    insert into event_log.reader (group_name, position) select 'relay', position from oldest
    on conflict (group_name) do update set position = excluded.position
  ),
  -- What Kafka no longer holds: nothing that was there before is handed over without its note in the inboxes.
  held as (
    insert into event_log.reader (group_name, position) select 'kafka', position from oldest on conflict do nothing
  ),
  forgotten as (delete from event_log.relay_sample)
  update event_log.relay set epoch = epoch + 1, cluster_id = $1, acknowledged = $2 returning log_id::text as log, epoch, (select position from oldest) as position`;

const takeSample = `
  insert into event_log.relay_sample (position, offsets)
  select $1::bigint, $2::json where exists (select from event_log.reader where group_name = 'relay' and position = $1::bigint)
  on conflict do nothing`;

const passedSample = `
  select position, offsets from event_log.relay_sample
  where position < coalesce((select min(position) from event_log.event), (select position + 1 from event_log.reader where group_name = 'relay'))
  order by position desc limit 1`;

const forgetSamples = `
  with forgotten as (delete from event_log.relay_sample where position <= $1)
  update event_log.reader set position = $1 where group_name = 'kafka' and position < $1`;

/** The relay's own connection to the database, and everything it asks there. The lock lives and dies with it. */
export class RelaySession {
  private isLost = false;
  private turn: Promise<unknown> = Promise.resolve();
  private readonly pinging: NodeJS.Timeout;

  private constructor(
    private readonly client: pg.Client,
    pingEveryMs: number,
    private readonly logger: Logger,
  ) {
    client.on('error', (error) => this.lose(error));
    client.on('end', () => (this.isLost = true));
    this.pinging = setInterval(() => {
      this.ask('select 1').catch((error: unknown) =>
        logger.debug('the relay has no session', { error: describeError(error) }),
      );
    }, pingEveryMs);
    this.pinging.unref();
  }

  /** @param stop ends the session, and whatever is under way on it. */
  static async open(url: string, endSilentAfterMs: number, stop: AbortSignal, logger: Logger): Promise<RelaySession> {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'relance-relay',
      keepAlive: true,
      keepAliveInitialDelayMillis: 2_000,
      connectionTimeoutMillis: 3_000,
      query_timeout: queryTimeoutMs,
      options: [...sessionOptions, `idle_session_timeout=${endSilentAfterMs}`]
        .map((option) => `-c ${option}`)
        .join(' '),
      types: {
        getTypeParser: (oid: number, format?: 'text' | 'binary') =>
          oid === int8 ? Number : (pg.types.getTypeParser(oid, format) as unknown),
      },
    });
    await client.connect();
    const session = new RelaySession(client, endSilentAfterMs / 5, logger);
    stop.addEventListener('abort', () => session.lose('told to stop'), { once: true });
    return session;
  }

  /** One holder for each database; held until the session ends. */
  async tryLock(): Promise<boolean> {
    const [row] = await this.ask<{ locked: boolean }>('select pg_try_advisory_lock(7106408) as locked');
    return row?.locked ?? false;
  }

  /** Null when no relay ran on this database since it was last read without one. */
  async load(): Promise<RelayState | null> {
    const [row] = await this.ask<{
      position: number | null;
      log: string;
      epoch: number;
      cluster_id: string | null;
      acknowledged: Offsets;
    }>(
      `select (select position from event_log.reader where group_name = 'relay') as position, log_id::text as log, epoch, cluster_id, acknowledged
       from event_log.relay`,
    );
    if (!row || row.position === null) return null;
    const { position, log, epoch, cluster_id: clusterId, acknowledged } = row;
    return { position, log, epoch, clusterId, acknowledged };
  }

  async read(after: number, limit: number): Promise<RelayRow[]> {
    return this.ask<RelayRow>(readRows, [after, limit]);
  }

  /** Moves the cursor. @throws {RelayEnded} when it is not where it was believed to be. */
  async moveOn(state: RelayState, position: number, acknowledged: Offsets): Promise<RelayState> {
    const moved = await this.ask(moveCursor, [state.position, position, state.epoch, JSON.stringify(acknowledged)]);
    if (moved.length === 0) throw new RelayEnded('another relay moved its cursor');
    return { ...state, position, acknowledged };
  }

  /** Goes back to the oldest kept event, in a new epoch. */
  async startAgain(clusterId: string, ends: Offsets): Promise<RelayState> {
    const [row] = await this.ask<{ log: string; epoch: number; position: number }>(startAgain, [
      clusterId,
      JSON.stringify(ends),
    ]);
    if (!row) throw new RelayEnded('its row is missing');
    return { ...row, clusterId, acknowledged: ends };
  }

  /** Notes at which offsets the events after the cursor begin. */
  async sample(state: RelayState): Promise<void> {
    await this.ask(takeSample, [state.position, JSON.stringify(state.acknowledged)]);
  }

  /** The latest sample before which the log holds nothing any more. */
  async passedSample(): Promise<{ position: number; offsets: Offsets } | null> {
    const [row] = await this.ask<{ position: number; offsets: Offsets }>(passedSample);
    return row ?? null;
  }

  /** Notes that Kafka holds nothing up to a sample's position. */
  async forgetSamples(position: number): Promise<void> {
    await this.ask(forgetSamples, [position]);
  }

  /** @throws {RelayEnded} once the connection is gone: the lock is gone with it. */
  check(): void {
    if (this.isLost) throw new RelayEnded('its session is gone');
  }

  async close(): Promise<void> {
    clearInterval(this.pinging);
    if (this.isLost) return;
    this.isLost = true;
    await this.client.end().catch((error: unknown) => this.lose(error));
  }

  /** One statement after the other: the pings come in between. */
  private ask<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
    const answer = this.turn.then(() => this.query<Row>(sql, values));
    this.turn = answer.catch(() => undefined);
    return answer;
  }

  private async query<Row extends object>(sql: string, values: unknown[]): Promise<Row[]> {
    this.check();
    try {
      return (await this.client.query<Row>(sql, values)).rows;
    } catch (error) {
      this.lose(error);
      throw new RelayEnded('the database did not answer', error);
    }
  }

  /** A silent server may still answer later: the connection is never used again. */
  private lose(error: unknown): void {
    if (!this.isLost) this.logger.debug('the relay lost its session', { error: describeError(error) });
    this.isLost = true;
    clearInterval(this.pinging);
    (this.client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }
}

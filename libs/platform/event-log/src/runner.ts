import { setTimeout as pause } from 'node:timers/promises';
import type { Envelope } from '@relance/events';
import { InvalidInput, issuesOf } from '@relance/errors';
import type { Logger } from '@relance/logging';
import { describeError } from '@relance/logging';
import { classify } from '@relance/postgres';
import type { Db, Tx } from '@relance/postgres';
import type { DeadLetters } from './dead-letters.js';
import type { Group } from './group.js';
import { ReaderStopped, Superseded } from './reader-errors.js';
import type { StoredEvent } from './stored-event.js';
import type { Chunk } from './transport.js';

/** Leads parked one after the other, with nothing handled between them, after which the reader stops. */
const parkedInARowThatStop = 20;
const longestPauseMs = 5_000;

const takeIn = `
  with parked as (
    select distinct key from event_log.dead_letter where group_name = $1 and key = any($4::text[])
  ), fresh as (
    insert into event_log.inbox (group_name, event_id, position)
    select $1, event.id, event.position
    from unnest($2::uuid[], $3::bigint[], $4::text[]) as event(id, position, key)
    where event.key is null or event.key not in (select key from parked)
    on conflict do nothing
    returning event_id
  )
  select 'fresh' as kind, event_id::text as value from fresh union all select 'parked', key from parked`;

const takeInMore = `
  insert into event_log.inbox (group_name, event_id, position)
  select $1, event.id, event.position from unnest($2::uuid[], $3::bigint[]) as event(id, position)
  on conflict do nothing returning event_id::text as id`;

/**
 * Handles a group's events, exactly once each in effect.
 *
 * One transaction holds the inbox, the handlers' effects, what they announce, and the reader's progress. Events go to
 * the handlers in rounds of at most one per key, in order. When a chunk fails, what is out of reach (connection,
 * deadlock, a full disk) is waited for in place; anything else halves the chunk until the one bad event is alone,
 * and that one is parked. Later events of a parked key park behind it. Twenty parked in a row stop the reader.
 */
export class Runner {
  private parkedInARow = 0;

  constructor(
    private readonly group: Group,
    private readonly db: Db,
    private readonly letters: DeadLetters,
    private readonly logger: Logger,
  ) {}

  /** @returns how many of the chunk's events are settled. @throws {ReaderStopped} {Superseded}, and what a heartbeat throws */
  async run(chunk: Chunk): Promise<number> {
    let settled = 0;
    let size = chunk.events.length;
    let failures = 0;
    while (settled < chunk.events.length && !chunk.signal.aborted) {
      if (settled > 0) await chunk.heartbeat();
      const part = chunk.events.slice(settled, settled + size);
      try {
        await this.handle(part, chunk);
        settled += part.length;
        size = Math.min(size * 2, chunk.events.length);
        failures = 0;
      } catch (error) {
        if (error instanceof Superseded) throw error;
        if (classify(error) !== 'ours') {
          await this.waitInPlace(++failures, error, chunk);
        } else if (part.length > 1) {
          size = Math.ceil(part.length / 2);
        } else if (part[0]) {
          await this.parkAlone(part[0], error, chunk);
          settled += 1;
          failures = 0;
        }
      }
    }
    return settled;
  }

  /** Handles one parked event of a key again. @returns what happened; `none` when nothing is parked under the key. */
  async redriveFirst(key: string): Promise<'handled' | 'none' | 'failed'> {
    let tried: StoredEvent | null = null;
    try {
      return await this.db.transaction(async (tx) => {
        tried = await this.letters.firstOf(tx, this.group.name, key);
        if (!tried) return 'none';
        const isFresh = await tx.query(takeInMore, [this.group.name, [tried.id], [tried.position]]);
        if (isFresh.length > 0) await this.handOver([tried], tx);
        await this.letters.remove(tx, this.group.name, tried.id);
        return 'handled';
      });
    } catch (error) {
      if (!tried || classify(error) !== 'ours') throw error;
      const { id } = tried as StoredEvent;
      await this.db.transaction((tx) => this.letters.triedAgain(tx, this.group.name, id, error));
      this.logger.warn('a parked event failed again', {
        group: this.group.name,
        event: id,
        error: describeError(error),
      });
      return 'failed';
    }
  }

  private async handle(events: readonly StoredEvent[], chunk: Chunk): Promise<void> {
    const last = events.at(-1);
    if (!last) return;
    const handled = await this.db.transaction(async (tx) => {
      await chunk.settle(tx, last);
      const fresh = await this.fresh(tx, events);
      await this.handOver(fresh, tx);
      return fresh.length;
    });
    if (handled > 0) this.parkedInARow = 0;
  }

  /** Notes events in the inbox and leaves out those seen before; parks those whose key is parked. */
  private async fresh(tx: Tx, events: readonly StoredEvent[]): Promise<StoredEvent[]> {
    const seen = await tx.query<{ kind: 'fresh' | 'parked'; value: string }>(takeIn, [
      this.group.name,
      events.map((event) => event.id),
      events.map((event) => event.position),
      events.map((event) => (this.overtakes(event) ? null : event.key)),
    ]);
    const fresh = new Set(seen.filter((row) => row.kind === 'fresh').map((row) => row.value));
    const parked = seen.filter((row) => row.kind === 'parked').map((row) => row.value);
    if (parked.length > 0) await this.resolveParked(tx, events, parked, fresh);
    // An event may stand in a chunk twice: a transport repeats what was not acknowledged.
    return events.filter((event) => fresh.delete(event.id));
  }

  /** Under the keys' locks: what a redrive drained meanwhile is handled now; the rest parks behind. */
  private async resolveParked(
    tx: Tx,
    events: readonly StoredEvent[],
    keys: readonly string[],
    fresh: Set<string>,
  ): Promise<void> {
    const suspects = new Set(keys);
    const still = await this.letters.lockedParkedKeys(tx, this.group.name, keys);
    const waiting = events.filter((event) => suspects.has(event.key) && !this.overtakes(event));
    const behind = waiting.filter((event) => still.has(event.key));
    const free = waiting.filter((event) => !still.has(event.key));
    await this.letters.parkBehind(tx, this.group.name, await this.unseen(tx, behind));
    const taken = await tx.query<{ id: string }>(takeInMore, [
      this.group.name,
      free.map((event) => event.id),
      free.map((event) => event.position),
    ]);
    for (const { id } of taken) fresh.add(id);
  }

  /** A repeat of an event that was handled before its key was parked must not park. */
  private async unseen(tx: Tx, events: readonly StoredEvent[]): Promise<StoredEvent[]> {
    const seen = await tx.query<{ id: string }>(
      'select event_id::text as id from event_log.inbox where group_name = $1 and event_id = any($2::uuid[])',
      [this.group.name, events.map((event) => event.id)],
    );
    const ids = new Set(seen.map((row) => row.id));
    return events.filter((event) => !ids.has(event.id));
  }

  private async handOver(events: readonly StoredEvent[], tx: Tx): Promise<void> {
    for (const round of roundsOf(events)) {
      for (const [type, batch] of byType(round)) {
        const handler = this.group.handlers.get(type);
        if (handler)
          await handler.handle(
            batch.map((event) => parsed(event, handler.event)),
            tx,
          );
      }
    }
  }

  private overtakes(event: StoredEvent): boolean {
    return this.group.handlers.get(event.type)?.event.overtakes ?? false;
  }

  private async parkAlone(event: StoredEvent, cause: unknown, chunk: Chunk): Promise<void> {
    this.logger.error('an event was parked', {
      group: this.group.name,
      event: event.id,
      type: event.type,
      key: event.key,
      correlation: event.envelope.correlationid,
      error: describeError(cause),
    });
    for (let failures = 1; ; failures++) {
      try {
        await this.db.transaction(async (tx) => {
          await chunk.settle(tx, event);
          await this.letters.park(tx, this.group.name, event, cause);
        });
        break;
      } catch (error) {
        if (error instanceof Superseded || classify(error) === 'ours' || chunk.signal.aborted) throw error;
        await this.waitInPlace(failures, error, chunk);
      }
    }
    this.parkedInARow += 1;
    if (this.parkedInARow >= parkedInARowThatStop) throw new ReaderStopped(this.group.name, this.parkedInARow);
  }

  private async waitInPlace(failures: number, error: unknown, chunk: Chunk): Promise<void> {
    this.logger.warn('a reader waits for what is out of reach', {
      group: this.group.name,
      failures,
      error: describeError(error),
    });
    await chunk.heartbeat();
    const milliseconds = Math.min(50 * 2 ** Math.min(failures, 10), longestPauseMs) * (0.5 + Math.random() / 2);
    try {
      await pause(milliseconds, undefined, { signal: chunk.signal });
    } catch (stopped) {
      this.logger.debug('a reader stops while it waits', { group: this.group.name, error: describeError(stopped) });
    }
  }
}

/** Splits events into rounds: the first of every key, then the second of every key, and so on. */
export function roundsOf(events: readonly StoredEvent[]): StoredEvent[][] {
  const rounds: StoredEvent[][] = [];
  const nextRound = new Map<string, number>();
  for (const event of events) {
    const round = nextRound.get(event.key) ?? 0;
    nextRound.set(event.key, round + 1);
    (rounds[round] ??= []).push(event);
  }
  return rounds;
}

function byType(events: readonly StoredEvent[]): Map<string, StoredEvent[]> {
  return Map.groupBy(events, (event) => event.type);
}

/** @throws {InvalidInput} when the data is not what its type declares. */
function parsed(
  event: StoredEvent,
  declared: { data: { safeParse(data: unknown): ParseResult }; type: string },
): Envelope<never> {
  const result = declared.data.safeParse(event.envelope.data);
  if (!result.success) throw new InvalidInput(issuesOf(result.error.issues, '/data'));
  return { ...event.envelope, data: result.data as never };
}

type ParseResult =
  | { success: true; data: unknown }
  | {
      success: false;
      error: { issues: readonly { message: string; code?: string | undefined; path?: readonly PropertyKey[] }[] };
    };

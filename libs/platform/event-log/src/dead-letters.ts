import { v7 as uuidV7 } from 'uuid';
import { AppError } from '@relance/errors';
import type { Db, Tx } from '@relance/postgres';
import type { StoredEvent } from './stored-event.js';

/** An event that a group could not handle, or that waits behind one it could not handle. */
export interface DeadLetter {
  readonly id: string;
  readonly group: string;
  readonly eventId: string;
  readonly type: string;
  readonly key: string;
  readonly position: number;
  /** Why: an error's message. Never the payload. */
  readonly reason: string;
  readonly code: string;
  /** True when it only waits for an earlier event of its key. */
  readonly isBehind: boolean;
  readonly attempt: number;
  readonly parkedAt: Date;
}

const listed = `id, group_name as "group", event_id as "eventId", type, key, position, reason, code, is_behind as "isBehind", attempt, parked_at as "parkedAt"`;

const insertParked = `
  insert into event_log.dead_letter (id, group_name, event_id, topic, key, type, position, envelope, reason, code, is_behind, attempt)
  select letter.id, $1, letter.event_id, letter.topic, letter.key, letter.type, letter.position, letter.envelope::json, $2, $3, $4, 1
  from unnest($5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::bigint[], $11::text[])
    as letter(id, event_id, topic, key, type, position, envelope)
  on conflict (group_name, event_id) do nothing`;

/** Parked events, by group. */
export class DeadLetters {
  constructor(private readonly db: Db) {}

  /** Takes the key's lock, then parks. A letter that stands there already stays as it is. */
  async park(tx: Tx, group: string, event: StoredEvent, cause: unknown): Promise<void> {
    await lockKeys(tx, group, [event.key]);
    await this.insert(tx, group, [event], reasonOf(cause), codeOf(cause), false);
  }

  /** Parks events behind earlier ones of their keys. The caller holds the keys' locks. */
  async parkBehind(tx: Tx, group: string, events: readonly StoredEvent[]): Promise<void> {
    await this.insert(tx, group, events, 'waits behind an earlier event of the same key', 'event-log.behind', true);
  }

  private async insert(
    tx: Tx,
    group: string,
    events: readonly StoredEvent[],
    reason: string,
    code: string,
    isBehind: boolean,
  ): Promise<void> {
    if (events.length === 0) return;
    await tx.execute(insertParked, [
      group,
      reason,
      code,
      isBehind,
      events.map(() => uuidV7()),
      events.map((event) => event.id),
      events.map((event) => event.topic),
      events.map((event) => event.key),
      events.map((event) => event.type),
      events.map((event) => event.position),
      events.map((event) => JSON.stringify(event.envelope)),
    ]);
  }

  /** Takes the locks of keys in one order, and answers which of them still have something parked. */
  async lockedParkedKeys(tx: Tx, group: string, keys: readonly string[]): Promise<Set<string>> {
    await lockKeys(tx, group, keys);
    const rows = await tx.query<{ key: string }>(
      'select distinct key from event_log.dead_letter where group_name = $1 and key = any($2::text[])',
      [group, keys],
    );
    return new Set(rows.map((row) => row.key));
  }

  /** Newest first. `before` is the id of the last one seen. */
  async list(filter: { groups: readonly string[]; limit: number; before?: string | undefined }): Promise<DeadLetter[]> {
    return this.db.query<DeadLetter>(
      `select ${listed} from event_log.dead_letter
       where group_name = any($1::text[]) and ($3::uuid is null or id < $3::uuid) order by id desc limit $2`,
      [filter.groups, filter.limit, filter.before ?? null],
    );
  }

  /** Letters by id, or by group, type, key and code. Oldest position first. */
  async find(filter: LetterFilter): Promise<DeadLetter[]> {
    return this.db.query<DeadLetter>(
      `select ${listed} from event_log.dead_letter
       where ($1::uuid[] is null or id = any($1::uuid[])) and ($2::text is null or group_name = $2) and ($3::text is null or type = $3)
         and ($4::text is null or key = $4) and ($5::text is null or code = $5)
       order by group_name, position`,
      [filter.ids ?? null, filter.group ?? null, filter.type ?? null, filter.key ?? null, filter.code ?? null],
    );
  }

  /** The first parked event of a key, under the key's lock. */
  async firstOf(tx: Tx, group: string, key: string): Promise<StoredEvent | null> {
    await lockKeys(tx, group, [key]);
    const [row] = await tx.query<StoredEvent>(
      'select position, topic, key, type, event_id as id, envelope from event_log.dead_letter where group_name = $1 and key = $2 order by position limit 1',
      [group, key],
    );
    return row ?? null;
  }

  async remove(tx: Tx, group: string, eventId: string): Promise<void> {
    await tx.execute('delete from event_log.dead_letter where group_name = $1 and event_id = $2', [group, eventId]);
  }

  async triedAgain(tx: Tx, group: string, eventId: string, cause: unknown): Promise<void> {
    await tx.execute(
      `update event_log.dead_letter set attempt = attempt + 1, reason = $3, code = $4, is_behind = false, tried_at = clock_timestamp()
       where group_name = $1 and event_id = $2`,
      [group, eventId, reasonOf(cause), codeOf(cause)],
    );
  }
}

export interface LetterFilter {
  readonly ids?: readonly string[];
  readonly group?: string;
  readonly type?: string;
  readonly key?: string;
  readonly code?: string;
}

async function lockKeys(tx: Tx, group: string, keys: readonly string[]): Promise<void> {
  await tx.query(
    'select event_log.take_key_lock($1, locked.key) from (select distinct key from unnest($2::text[]) as wanted(key) order by key) as locked',
    [group, keys],
  );
}

function codeOf(cause: unknown): string {
  if (cause instanceof AppError) return cause.code;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? `database.${cause.code}` : 'bug';
}

/** A message that cannot hold what a lead told us: ours are written so, others are only named. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AppError) return cause.message;
  return cause instanceof Error ? `${cause.name} in ${placeOf(cause)}` : 'something that is not an error was thrown';
}

function placeOf(error: Error): string {
  const frame = /\n\s+at (.+)/.exec(error.stack ?? '');
  return frame?.[1]?.replace(/\(?file:\/\/.*\/(?=[^/]+$)/, '(') ?? 'an unknown place';
}

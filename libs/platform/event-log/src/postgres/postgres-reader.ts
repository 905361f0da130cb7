import type { Envelope } from '@relance/events';
import type { Logger } from '@relance/logging';
import { describeError } from '@relance/logging';
import type { Db, Tx } from '@relance/postgres';
import type { Group } from '../group.js';
import { ReaderStopped, Superseded } from '../reader-errors.js';
import type { StoredEvent } from '../stored-event.js';
import type { Reader, RunChunk } from '../transport.js';
import type { Wakeup } from '../wakeup.js';

const chunkSize = 500;
const pollEveryMs = 150;
const pauseAfterFailureMs = 500;
/** An idle reader writes down how far it has looked this often, so that the log can be trimmed behind it. */
const noteProgressEveryMs = 5_000;

/** One row at least: the head of the log and the group's cursor stand beside each event. */
const readChunk = `
  select head.position as head, (select position from event_log.reader where group_name = $4) as cursor, event.position, event.topic, event.key, event.type, event.id, event.envelope, event.appended_at
  from (select coalesce(max(position), 0) as position from event_log.event) as head
  left join lateral (
    select * from event_log.event where position > $1 and type = any($2::text[]) order by position limit $3
  ) as event on true
  order by event.position`;

const moveCursor = 'update event_log.reader set position = $3 where group_name = $1 and position = $2';

interface ChunkRow {
  head: number;
  cursor: number;
  position: number | null;
  topic: string;
  key: string;
  type: string;
  id: string;
  envelope: Omit<Envelope, 'recordedat' | 'position'>;
  appended_at: Date;
}

/**
 * Reads the log for one group.
 *
 * `cursor` is the position in the database; it moves by compare-and-set as the first statement of the transaction of the effect, so of two
 * instances of a group one waits, finds the cursor moved and reads on from there. `floor` is how far this reader has
 * looked: what the group does not hear is passed over without a write.
 */
export class PostgresReader implements Reader {
  state: Reader['state'] = 'waiting';
  private cursor: number | null = null;
  private floor = 0;
  private notedAt = 0;
  private readonly stopping = new AbortController();
  private loop: Promise<void> = Promise.resolve();
  private wake: (() => void) | null = null;
  private isNudged = false;
  private readonly types: string[];

  constructor(
    private readonly heard: Group,
    private readonly run: RunChunk,
    private readonly db: Db,
    private readonly wakeup: Wakeup,
    private readonly logger: Logger,
  ) {
    this.types = [...heard.handlers.keys()];
  }

  get group(): string {
    return this.heard.name;
  }

  start(): void {
    const silence = this.wakeup.onNudge(() => this.nudge());
    this.loop = this.readOn().finally(silence);
  }

  async close(): Promise<void> {
    this.stopping.abort();
    this.nudge();
    await this.loop;
  }

  async lag(): Promise<{ lagEvents: number; lagSeconds: number }> {
    const [row] = await this.db.query<{ events: number; seconds: number | null }>(
      `select count(*) as events, extract(epoch from clock_timestamp() - min(appended_at))::float8 as seconds
       from event_log.event
       where position > (select position from event_log.reader where group_name = $1) and type = any($2::text[])`,
      [this.group, this.types],
    );
    return { lagEvents: row?.events ?? 0, lagSeconds: Math.max(0, row?.seconds ?? 0) };
  }

  private nudge(): void {
    this.isNudged = true;
    this.wake?.();
  }

  private async readOn(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        this.isNudged = false;
        const isMore = await this.readOnce();
        if (!isMore) await this.sleep(pollEveryMs);
      } catch (error) {
        if (error instanceof ReaderStopped) {
          this.state = 'stopped';
          this.logger.error('a reader stopped', { group: this.group, error: describeError(error) });
          return;
        }
        this.cursor = null;
        if (error instanceof Superseded) continue;
        this.logger.warn('a reader could not read', { group: this.group, error: describeError(error) });
        this.isNudged = false;
        await this.sleep(pauseAfterFailureMs);
      }
    }
  }

  /** @returns whether there may be more at once. */
  private async readOnce(): Promise<boolean> {
    this.cursor ??= await this.readCursor();
    const expected = this.cursor;
    const rows = await this.db.query<ChunkRow>(readChunk, [this.floor, this.types, chunkSize, this.group]);
    if (rows[0]?.cursor !== expected) throw new Superseded(this.group);
    const events = rows.filter((row) => row.position !== null).map(storedEvent);
    if (events.length === 0) {
      this.state = 'waiting';
      this.floor = Math.max(this.floor, rows[0]?.head ?? 0);
      await this.noteProgress();
      return false;
    }
    this.state = 'running';
    const settled = await this.run({
      events,
      settle: (tx, last) => this.settle(tx, last),
      heartbeat: () => Promise.resolve(),
      signal: this.stopping.signal,
    });
    this.floor = events[settled - 1]?.position ?? this.floor;
    return true;
  }

  private async readCursor(): Promise<number> {
    const [row] = await this.db.query<{ position: number }>(
      'select position from event_log.reader where group_name = $1',
      [this.group],
    );
    const cursor = row?.position ?? 0;
    this.floor = cursor;
    return cursor;
  }

  private async settle(tx: Tx, last: StoredEvent): Promise<void> {
    const from = this.cursor ?? 0;
    const moved = await tx.execute(moveCursor, [this.group, from, last.position]);
    if (moved === 0) throw new Superseded(this.group);
    tx.afterCommit(() => {
      this.cursor = last.position;
    });
  }

  private async noteProgress(): Promise<void> {
    const now = performance.now();
    if (this.cursor === null || this.floor <= this.cursor || now - this.notedAt < noteProgressEveryMs) return;
    this.notedAt = now;
    const from = this.cursor;
    const moved = await this.db.transaction((tx) => tx.execute(moveCursor, [this.group, from, this.floor]));
    this.cursor = moved > 0 ? this.floor : null;
  }

  private async sleep(milliseconds: number): Promise<void> {
    if (this.isNudged || this.stopping.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = null;
  }
}

function storedEvent(row: ChunkRow): StoredEvent {
  const position = row.position ?? 0;
  return {
    position,
    topic: row.topic,
    key: row.key,
    type: row.type,
    id: row.id,
    envelope: { ...row.envelope, recordedat: row.appended_at.toISOString(), position },
  };
}

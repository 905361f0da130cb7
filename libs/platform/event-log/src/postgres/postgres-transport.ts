import type { Logger } from '@relance/logging';
import type { Db, Tx } from '@relance/postgres';
import type { Group } from '../group.js';
import type { Reader, ReaderLag, RunChunk, Transport } from '../transport.js';
import type { Wakeup } from '../wakeup.js';
import { PostgresReader } from './postgres-reader.js';

/** Readers of the log table itself. One group's cursor moves in the transaction of the effect. */
export class PostgresTransport implements Transport {
  private readonly readers: PostgresReader[] = [];

  constructor(
    private readonly db: Db,
    private readonly wakeup: Wakeup,
    private readonly logger: Logger,
  ) {}

  async open(group: Group, run: RunChunk): Promise<Reader> {
    await this.db.query('insert into event_log.reader (group_name, position) values ($1, 0) on conflict do nothing', [
      group.name,
    ]);
    // Who reads the log itself needs no relay: the mark of one that ran before would hold the trimming back for ever.
    await this.db.query("delete from event_log.reader where group_name in ('relay', 'kafka')");
    const reader = new PostgresReader(group, run, this.db, this.wakeup, this.logger);
    this.readers.push(reader);
    reader.start();
    return reader;
  }

  async replay(group: string, reset: (tx: Tx, fromPosition: number) => Promise<void>): Promise<void> {
    await this.db.transaction(async (tx) => {
      await tx.query('select position from event_log.reader where group_name = $1 for update', [group]);
      const [oldest] = await tx.query<{ position: number | null }>(
        'select min(position) as position from event_log.event',
      );
      const from = oldest?.position ?? 1;
      await reset(tx, from);
      await tx.execute('delete from event_log.inbox where group_name = $1', [group]);
      await tx.execute('update event_log.reader set position = $2 where group_name = $1', [group, from - 1]);
    });
    this.wakeup.nudge();
  }

  relays(): Promise<readonly ReaderLag[]> {
    return Promise.resolve([]);
  }

  async close(): Promise<void> {
    await Promise.all(this.readers.map((reader) => reader.close()));
  }
}

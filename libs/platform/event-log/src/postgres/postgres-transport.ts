import type { Logger } from '@relance/logging';
import type { Db } from '@relance/postgres';
import type { Group } from '../group.js';
import type { Reader, RunChunk, Transport } from '../transport.js';
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
    const reader = new PostgresReader(group, run, this.db, this.wakeup, this.logger);
    this.readers.push(reader);
    reader.start();
    return reader;
  }

  async close(): Promise<void> {
    await Promise.all(this.readers.map((reader) => reader.close()));
  }
}

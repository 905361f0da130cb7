import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@relance/logging';
import { describeError } from '@relance/logging';
import type { Db, Tx } from '@relance/postgres';
import type { Group } from '../group.js';
import type { Reader, ReaderLag, RunChunk, Transport } from '../transport.js';
import { GroupProgress } from './group-progress.js';
import { KafkaReader } from './kafka-reader.js';
import type { Relay } from './relay.js';

export interface KafkaTransportOptions {
  readonly brokers: readonly string[];
  /** Called when a reader ended for good: end the process. */
  readonly onCrash: (error: unknown) => void;
}

const lookEveryMs = 500;
const moveMarksEveryMs = 3_000;

/**
 * Readers of Kafka, which the relay fills from the log. Kafka's offsets are only where a restart begins to read; a
 * group's row in `event_log.reader` says up to which position it has handled or parked everything, and the log is
 * trimmed behind that.
 */
export class KafkaTransport implements Transport {
  private readonly readers: KafkaReader[] = [];
  private readonly progress: GroupProgress;
  private readonly stopping = new AbortController();
  private looking: Promise<void> | null = null;

  /** @param relay started with the first reader, and closed with them; null where another process runs it. */
  constructor(
    private readonly options: KafkaTransportOptions,
    private readonly db: Db,
    private readonly relay: Relay | null,
    private readonly logger: Logger,
  ) {
    this.progress = new GroupProgress(db);
  }

  async open(group: Group, run: RunChunk): Promise<Reader> {
    await this.progress.enter(group.name);
    const reader = new KafkaReader(group, run, { ...this.options, progress: this.progress, logger: this.logger });
    this.readers.push(reader);
    reader.start();
    this.relay?.start();
    this.looking ??= this.look();
    return reader;
  }

  async replay(group: string, reset: (tx: Tx, fromPosition: number) => Promise<void>): Promise<void> {
    await this.progress.replay(group, reset);
    await this.tellReaders();
  }

  async relays(): Promise<readonly ReaderLag[]> {
    return this.relay?.lag() ?? [];
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await Promise.all([...this.readers.map((reader) => reader.close()), this.relay?.close()]);
    await this.looking;
  }

  /** Tells the readers where their groups stand, and moves their marks. */
  private async look(): Promise<void> {
    let moveAt = 0;
    while (!this.stopping.signal.aborted) {
      try {
        const marks = await this.tellReaders();
        if (performance.now() >= moveAt) {
          moveAt = performance.now() + moveMarksEveryMs;
          for (const reader of this.readers) {
            const mark = marks.get(reader.group);
            if (mark) await this.progress.move(reader.heard, mark);
          }
        }
        await pause(lookEveryMs, undefined, { signal: this.stopping.signal });
      } catch (error) {
        if (this.stopping.signal.aborted) return;
        this.logger.warn('the marks of the readers could not be looked at', { error: describeError(error) });
        await pause(lookEveryMs);
      }
    }
  }

  private async tellReaders(): Promise<Map<string, Parameters<KafkaReader['follow']>[0]>> {
    const marks = await this.progress.marks(this.readers.map((reader) => reader.group));
    const byGroup = new Map(marks.map((mark) => [mark.group, mark]));
    for (const reader of this.readers) {
      const mark = byGroup.get(reader.group);
      if (mark) reader.follow(mark);
    }
    return byGroup;
  }
}

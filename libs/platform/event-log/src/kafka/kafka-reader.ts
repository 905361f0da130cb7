import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@relance/logging';
import { describeError } from '@relance/logging';
import type { Tx } from '@relance/postgres';
import { topicsOf } from '../group.js';
import type { Group } from '../group.js';
import { EpochUnknown, ReaderStopped, Superseded } from '../reader-errors.js';
import type { Chunk, Reader, RunChunk } from '../transport.js';
import { ChunkDesk } from './chunk-desk.js';
import { ConsumerEnded, Consumption } from './consumption.js';
import type { GroupMark, GroupProgress } from './group-progress.js';

const shortestPauseMs = 200;
const longestPauseMs = 5_000;
const pauseAfterFailureMs = 500;

/** What a reader needs besides its group. */
export interface KafkaReaderOptions {
  readonly brokers: readonly string[];
  readonly progress: GroupProgress;
  readonly logger: Logger;
  /** Called when a consumer ended for good: the process must not go on as if it read. */
  readonly onCrash: (error: unknown) => void;
}

/**
 * Reads the topics for one group, by one kafkajs consumer at a time.
 *
 * Kafka only says what comes next: what was handled stands in the inbox. A new epoch (the relay fills Kafka anew) or
 * generation (a replay) means another group of Kafka's, which begins at the beginning; each instance notices within a
 * second, from the database or from the records themselves, and what it still has in hand of the generation before is
 * refused inside its transaction.
 */
export class KafkaReader implements Reader {
  state: Reader['state'] = 'waiting';
  private readonly stopping = new AbortController();
  private loop: Promise<void> = Promise.resolve();
  private consumption: Consumption | null = null;
  private mark: GroupMark | null = null;
  private newestEpoch = 0;

  constructor(
    readonly heard: Group,
    private readonly run: RunChunk,
    private readonly options: KafkaReaderOptions,
  ) {}

  get group(): string {
    return this.heard.name;
  }

  start(): void {
    this.loop = this.live();
  }

  async close(): Promise<void> {
    this.stopping.abort();
    this.consumption?.stop();
    await this.loop;
  }

  lag(): Promise<{ lagEvents: number; lagSeconds: number }> {
    return this.options.progress.lag(this.heard);
  }

  /** Told where the group stands, now and then. */
  follow(mark: GroupMark): void {
    const isOther = this.mark?.epoch !== mark.epoch || this.mark.generation !== mark.generation;
    if (isOther) this.consumption?.stop();
    else this.mark = mark;
  }

  private async live(): Promise<void> {
    let failures = 0;
    while (!this.stopping.signal.aborted && this.state !== 'stopped') {
      try {
        await this.readOn(() => (failures = 0));
      } catch (error) {
        if (error instanceof ConsumerEnded && error.kind === 'new-epoch') {
          this.newestEpoch = error.epoch ?? 0;
          continue;
        }
        if (error instanceof ConsumerEnded && error.kind === 'crashed') {
          this.options.logger.error('a reader crashed', { group: this.group, error: describeError(error) });
          this.state = 'stopped';
          this.options.onCrash(error.cause);
          return;
        }
        failures += 1;
        if (failures === 1 || failures % 20 === 0)
          this.options.logger.warn('a reader cannot read', {
            group: this.group,
            failures,
            error: describeError(error),
          });
        await this.rest(Math.min(shortestPauseMs * 2 ** Math.min(failures - 1, 10), longestPauseMs));
      }
    }
  }

  /** One consumer's life. */
  private async readOn(onJoined: () => void): Promise<void> {
    const [mark] = await this.options.progress.marks([this.group]);
    this.mark = mark ?? null;
    if (!mark || mark.epoch === 0) {
      // The relay never ran: there is nothing to read.
      await this.rest(shortestPauseMs);
      return;
    }
    if (mark.epoch < this.newestEpoch) throw new EpochUnknown(this.newestEpoch);
    const desk = new ChunkDesk(
      (chunk) => this.take(chunk),
      (tx) => this.hold(tx, mark.generation),
      this.stopping.signal,
    );
    const consumption = new Consumption(
      {
        brokers: this.options.brokers,
        groupId: `relance.${this.group}.${mark.epoch}.${mark.generation}`,
        log: mark.log,
        epoch: mark.epoch,
        topics: topicsOf(this.heard),
        types: new Set(this.heard.handlers.keys()),
        floor: () => this.mark?.floor ?? mark.floor,
      },
      desk,
      (error) => this.failed(error),
      this.options.logger,
    );
    this.consumption = consumption;
    try {
      if (!this.stopping.signal.aborted) await consumption.run(onJoined);
    } finally {
      this.consumption = null;
      await consumption.close();
    }
  }

  private async take(chunk: Chunk): Promise<number> {
    this.state = 'running';
    const settled = await this.run(chunk);
    if (this.state === 'running') this.state = 'waiting';
    return settled;
  }

  /** A chunk of an earlier generation must not be handled: its predecessors are handled again before it. */
  private async hold(tx: Tx, generation: number): Promise<void> {
    if ((await this.options.progress.hold(tx, this.group)) !== generation) throw new Superseded(this.group);
  }

  /** What the handling of a chunk threw, but for kafkajs's own errors. Its events come again. */
  private async failed(error: unknown): Promise<void> {
    if (error instanceof ReaderStopped) {
      if (this.state !== 'stopped')
        this.options.logger.error('a reader stopped', { group: this.group, error: describeError(error) });
      this.state = 'stopped';
      this.consumption?.stop();
    } else if (error instanceof Superseded) {
      this.consumption?.stop();
    } else {
      this.options.logger.warn('a reader could not read', { group: this.group, error: describeError(error) });
      await this.rest(pauseAfterFailureMs);
    }
  }

  private async rest(milliseconds: number): Promise<void> {
    try {
      await pause(milliseconds, undefined, { signal: this.stopping.signal });
    } catch (stopped) {
      this.options.logger.debug('a reader stops while it waits', { error: describeError(stopped) });
    }
  }
}

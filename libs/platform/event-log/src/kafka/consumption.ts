import kafkajs from 'kafkajs';
import type { Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { Logger } from '@relance/logging';
import { describeError } from '@relance/logging';
import type { StoredEvent } from '../stored-event.js';
import type { ChunkDesk } from './chunk-desk.js';
import { kafkaClient } from './kafka-client.js';
import { KafkaSockets } from './kafka-sockets.js';
import { withOffsets } from './offsets.js';
import type { Offsets } from './offsets.js';
import { eventOf, originOf, typeOf } from './record.js';
import { partitionsPerTopic } from './topics.js';

const recordsPerPiece = 500;
/** Offsets are only where a restart begins to read; the inbox decides what is handled. */
const commitEveryMs = 1_000;
const closeWithinMs = 2_000;

/** What one consumer reads and for whom. */
export interface Subscription {
  readonly brokers: readonly string[];
  /** Kafka's group: another one for each epoch and generation, so that each begins at the beginning. */
  readonly groupId: string;
  /** The log whose records are read, and its epoch. */
  readonly log: string;
  readonly epoch: number;
  readonly topics: readonly string[];
  readonly types: ReadonlySet<string>;
  /** Events before this position are passed over. */
  floor(): number;
}

/** Why a consumer ended: Kafka began a new epoch, or its error cannot pass by itself. */
export class ConsumerEnded extends Error {
  constructor(
    readonly kind: 'new-epoch' | 'passing' | 'crashed',
    cause?: unknown,
    /** The epoch that began, if that is why. */
    readonly epoch?: number,
  ) {
    super(`The consumer ended: ${kind}`, { cause });
  }
}

/** The life of one kafkajs consumer, from connecting to its end. It is not used again: another one takes its place. */
export class Consumption {
  private readonly sockets = new KafkaSockets(false);
  private readonly consumer: Consumer;
  private isEnding = false;
  private hasForeign = false;
  /** The next offset of each partition, as far as it is not committed. */
  private uncommitted: Offsets = {};
  private committing: Promise<void> = Promise.resolve();
  private end: (error?: ConsumerEnded) => void = () => undefined;
  private readonly ended = new Promise<void>((resolve, reject) => {
    this.end = (error) => {
      this.isEnding = true;
      if (error) reject(error);
      else resolve();
    };
  });

  constructor(
    private readonly subscription: Subscription,
    private readonly desk: ChunkDesk,
    private readonly onError: (error: unknown) => Promise<void>,
    private readonly logger: Logger,
  ) {
    this.consumer = kafkaClient(subscription.brokers, this.sockets, logger).consumer({
      groupId: subscription.groupId,
      allowAutoTopicCreation: false,
      // What a killed instance read is read by others after this time.
      sessionTimeout: 10_000,
      heartbeatInterval: 1_000,
      maxWaitTimeInMs: 250,
      maxBytes: 4 * 1024 * 1024,
      maxBytesPerPartition: 512 * 1024,
      // Never itself: a new consumer takes its place, which knows nothing of the old connections.
      retry: { restartOnFailure: () => Promise.resolve(false) },
    });
    this.consumer.on(this.consumer.events.GROUP_JOIN, () => (this.uncommitted = {}));
    this.consumer.on(this.consumer.events.CRASH, ({ payload }) =>
      this.end(new ConsumerEnded(isOfKafka(payload.error) ? 'passing' : 'crashed', payload.error)),
    );
    // Whoever waits for the end may not wait yet.
    this.ended.catch(() => undefined);
  }

  /** Reads until {@link stop} or until it cannot go on. @throws {ConsumerEnded} and what connecting throws. */
  async run(onJoined: () => void): Promise<void> {
    this.consumer.on(this.consumer.events.GROUP_JOIN, onJoined);
    await Promise.race([this.join(), this.ended]);
    const committing = setInterval(() => {
      this.commit().catch((error: unknown) => this.end(new ConsumerEnded('passing', error)));
    }, commitEveryMs);
    try {
      await this.ended;
    } finally {
      clearInterval(committing);
    }
  }

  private async join(): Promise<void> {
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: [...this.subscription.topics], fromBeginning: true });
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      // All at once: the desk makes chunks of them.
      partitionsConsumedConcurrently: partitionsPerTopic * this.subscription.topics.length,
      eachBatch: (payload) => this.eachBatch(payload),
    });
  }

  /** Lets {@link run} end. */
  stop(): void {
    this.end();
  }

  /** Finishes what is in hand, says where it is, leaves the group and ends the connections: in a few seconds at most. */
  async close(): Promise<void> {
    this.isEnding = true;
    await this.desk.idle();
    await this.withinTime(async () => {
      await this.commit();
      await this.consumer.disconnect();
    });
    this.sockets.end();
  }

  /** Throws nothing but kafkajs's own errors: any other ends the consumer for good. */
  private async eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    try {
      for (let at = 0; at < batch.messages.length; at += recordsPerPiece) {
        if (this.isEnding || !payload.isRunning() || payload.isStale()) return;
        const isWhole = await this.handle(payload, batch.messages.slice(at, at + recordsPerPiece));
        if (!isWhole) return;
        await payload.heartbeat();
      }
    } catch (error) {
      if (error instanceof kafkajs.KafkaJSError) {
        // The share of the group changes: whoever reads on begins here.
        if ('type' in error && error.type === 'REBALANCE_IN_PROGRESS') await this.commit();
        throw error;
      }
      await this.onError(error);
    }
  }

  /** @returns whether all of it is settled. */
  private async handle(payload: EachBatchPayload, records: readonly KafkaMessage[]): Promise<boolean> {
    const { topic, partition } = payload.batch;
    const own: KafkaMessage[] = [];
    for (const record of records) {
      const origin = originOf(record);
      if (origin?.log !== this.subscription.log) continue;
      if (origin.epoch > this.subscription.epoch) {
        this.end(new ConsumerEnded('new-epoch', undefined, origin.epoch));
        return false;
      }
      own.push(record);
    }
    if (own.length < records.length) this.sayForeign(topic);
    const heard = this.heard(topic, own);
    const settled =
      heard.length === 0
        ? 0
        : await this.desk.take({ events: heard.map(({ event }) => event), heartbeat: () => payload.heartbeat() });
    const isWhole = settled === heard.length;
    const last = isWhole ? records.at(-1)?.offset : heard[settled - 1]?.offset;
    if (last !== undefined) {
      payload.resolveOffset(last);
      this.uncommitted = withOffsets(this.uncommitted, [{ topic, partition, offset: Number(last) + 1 }]);
    }
    return isWhole;
  }

  private heard(topic: string, records: readonly KafkaMessage[]): { offset: string; event: StoredEvent }[] {
    const floor = this.subscription.floor();
    const heard: { offset: string; event: StoredEvent }[] = [];
    for (const record of records) {
      const type = typeOf(record);
      if (type === null || !this.subscription.types.has(type)) continue;
      const event = eventOf(topic, type, record);
      if (event === null) this.logger.error('a record is not an event', { topic, offset: record.offset });
      else if (event.position >= floor) heard.push({ offset: record.offset, event });
    }
    return heard;
  }

  private sayForeign(topic: string): void {
    if (this.hasForeign) return;
    this.hasForeign = true;
    this.logger.error('a topic holds records of another log: two databases share one Kafka', { topic });
  }

  private async commit(): Promise<void> {
    await this.committing;
    this.committing = this.commitNow();
    await this.committing;
  }

  private async commitNow(): Promise<void> {
    const offsets = Object.entries(this.uncommitted).flatMap(([topic, partitions]) =>
      Object.entries(partitions).map(([partition, offset]) => ({
        topic,
        partition: Number(partition),
        offset: String(offset),
      })),
    );
    if (offsets.length === 0) return;
    this.uncommitted = {};
    try {
      await this.consumer.commitOffsets(offsets);
    } catch (error) {
      // The share of the group changed, or Kafka is away: what is read again is absorbed.
      this.logger.debug('offsets were not committed', { error: describeError(error) });
    }
  }

  private async withinTime(work: () => Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, closeWithinMs);
    });
    const done = work().catch((error: unknown) =>
      this.logger.debug('a consumer did not end well', { error: describeError(error) }),
    );
    await Promise.race([done, late]);
    clearTimeout(timer);
  }
}

/**
 * Whether an error comes from Kafka or the way to it, and so may pass. kafkajs has its own idea of that, by which a broker
 * that hangs ends a consumer for good ("Failed to find group coordinator"). What it wraps is what counts.
 */
function isOfKafka(error: Error): boolean {
  return error.cause instanceof Error ? isOfKafka(error.cause) : error instanceof kafkajs.KafkaJSError;
}

import { Partitioners } from 'kafkajs';
import type { Admin, Message, PartitionMetadata, Producer } from 'kafkajs';
import { topics } from '@relance/events';
import type { Logger } from '@relance/logging';
import { kafkaClient, requestTimeoutMs } from './kafka-client.js';
import { KafkaSockets } from './kafka-sockets.js';
import type { Offsets, PartitionOffset } from './offsets.js';
import { originHeader } from './record.js';
import type { Origin } from './record.js';
import { wholeEnvelope } from './relay-row.js';
import type { RelayRow } from './relay-row.js';
import { ensureTopics, partitionsPerTopic } from './topics.js';

/** The broker gives up waiting for its replicas before we give up waiting for the broker. */
const acknowledgedWithinMs = requestTimeoutMs - 2_000;
const keysRemembered = 10_000;

/** Where a batch landed in one partition. */
export interface Acknowledged {
  readonly topic: string;
  readonly partition: number;
  /** Of its first record. */
  readonly offset: number;
  readonly count: number;
}

/**
 * What the relay sends over: one producer and one admin client, for as long as none of their connections is lost.
 * Never two sends at a time; after any failure it is ended and another is opened.
 */
export class KafkaLink {
  private constructor(
    private readonly sockets: KafkaSockets,
    private readonly producer: Producer,
    private readonly admin: Admin,
    readonly clusterId: string,
  ) {}

  /** Connects, and makes topics that are missing. @param stop ends the link, and whatever is under way on it. */
  static async open(brokers: readonly string[], stop: AbortSignal, logger: Logger): Promise<KafkaLink> {
    const sockets = new KafkaSockets(true);
    stop.addEventListener('abort', () => sockets.end(), { once: true });
    try {
      const kafka = kafkaClient(brokers, sockets, logger);
      const producer = kafka.producer({
        createPartitioner: Partitioners.DefaultPartitioner,
        allowAutoTopicCreation: false,
        idempotent: false,
        maxInFlightRequests: 1,
        retry: { retries: 0 },
      });
      const admin = kafka.admin();
      await producer.connect();
      await admin.connect();
      await ensureTopics(admin);
      const { clusterId } = await admin.describeCluster();
      return new KafkaLink(sockets, producer, admin, clusterId);
    } catch (error) {
      sockets.end();
      throw error;
    }
  }

  get isLost(): boolean {
    return this.sockets.isLost;
  }

  /** The offset that each partition's next record gets. */
  async ends(): Promise<Offsets> {
    const ends = await Promise.all(
      topics.map(async (topic) => {
        const partitions = await this.admin.fetchTopicOffsets(topic);
        return [topic, Object.fromEntries(partitions.map(({ partition, high }) => [partition, Number(high)]))] as const;
      }),
    );
    return Object.fromEntries(ends);
  }

  /** Sends rows in one request to each broker. @throws when anything of it was not acknowledged by every replica. */
  async send(rows: readonly RelayRow[], origin: Origin): Promise<Acknowledged[]> {
    const log = originHeader(origin);
    const counts = new Map<string, number>();
    const messages = new Map<string, Message[]>();
    for (const row of rows) {
      const message = messageOf(row, log);
      const place = `${row.topic}/${message.partition}`;
      counts.set(place, (counts.get(place) ?? 0) + 1);
      const ofTopic = messages.get(row.topic) ?? [];
      messages.set(row.topic, ofTopic);
      ofTopic.push(message);
    }
    const answers = await this.producer.sendBatch({
      acks: -1,
      timeout: acknowledgedWithinMs,
      topicMessages: [...messages].map(([topic, ofTopic]) => ({ topic, messages: ofTopic })),
    });
    return answers.map(({ topicName, partition, baseOffset }) => ({
      topic: topicName,
      partition,
      offset: Number(baseOffset),
      count: counts.get(`${topicName}/${partition}`) ?? 0,
    }));
  }

  /** Deletes records below offsets. */
  async deleteBelow(offsets: Offsets): Promise<void> {
    for (const [topic, partitions] of Object.entries(offsets)) {
      const lowest = new Map(
        (await this.admin.fetchTopicOffsets(topic)).map(({ partition, low }) => [partition, Number(low)]),
      );
      const shorter = partitionsOf(topic, partitions).filter(
        ({ partition, offset }) => offset > (lowest.get(partition) ?? 0),
      );
      if (shorter.length === 0) continue;
      await this.admin.deleteTopicRecords({
        topic,
        partitions: shorter.map(({ partition, offset }) => ({ partition, offset: String(offset) })),
      });
    }
  }

  end(): void {
    this.sockets.end();
  }
}

function partitionsOf(topic: string, partitions: Readonly<Record<number, number>>): PartitionOffset[] {
  return Object.entries(partitions).map(([partition, offset]) => ({ topic, partition: Number(partition), offset }));
}

/** The key decides the partition; the headers let a reader pass over what it does not handle. */
function messageOf(row: RelayRow, log: string): Message & { partition: number } {
  return {
    key: row.key,
    value: wholeEnvelope(row),
    partition: partitionOf(row.key),
    timestamp: String(row.appended_at.getTime()),
    headers: {
      type: row.type,
      id: row.id,
      log,
      'content-type': 'application/cloudevents+json; charset=UTF-8',
    },
  };
}

const choose = Partitioners.DefaultPartitioner();
const partitionMetadata = Array.from({ length: partitionsPerTopic }, (_, partitionId) => ({
  partitionId,
})) as PartitionMetadata[];
let remembered = new Map<string, number>();

/** Kafka's own choice for a key (murmur2). A lead has several events in a row, so the last keys are remembered. */
function partitionOf(key: string): number {
  let partition = remembered.get(key);
  if (partition === undefined) {
    partition = choose({ topic: '', partitionMetadata, message: { key, value: null } });
    if (remembered.size >= keysRemembered) remembered = new Map();
    remembered.set(key, partition);
  }
  return partition;
}

import { setTimeout as pause } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { topics } from '@relance/events';
import type { Logger } from '@relance/logging';
import { kafkaClient } from './kafka-client.js';
import { KafkaSockets } from './kafka-sockets.js';

/** Fixed for good: a key's partition follows from it, and with it the order of its events. */
export const partitionsPerTopic = 12;

/** One record batch holds up to 4 MB of events, or one event. */
const maxMessageBytes = 8 * 1024 * 1024;
const triesUntilWritable = 50;

/** Makes the topics that are missing: a step of its own of a deployment. The relay makes them too, and when they were deleted. */
export async function createTopics(brokers: readonly string[], logger: Logger): Promise<void> {
  const sockets = new KafkaSockets(false);
  const admin = kafkaClient(brokers, sockets, logger).admin();
  try {
    await admin.connect();
    await ensureTopics(admin);
    await admin.disconnect();
  } finally {
    sockets.end();
  }
}

/** Topics keep everything: the relay deletes what the log no longer holds. Replicas and their quorum are the cluster's defaults. */
export async function ensureTopics(admin: Admin): Promise<void> {
  const known = new Set(await admin.listTopics());
  const missing = topics.filter((topic) => !known.has(topic));
  if (missing.length > 0) {
    await admin.createTopics({
      waitForLeaders: true,
      topics: missing.map((topic) => ({
        topic,
        numPartitions: partitionsPerTopic,
        configEntries: [
          { name: 'retention.ms', value: '-1' },
          { name: 'cleanup.policy', value: 'delete' },
          { name: 'max.message.bytes', value: String(maxMessageBytes) },
        ],
      })),
    });
    for (const topic of missing) await waitUntilWritable(admin, topic);
  }
  const present = topics.filter((topic) => known.has(topic));
  if (present.length === 0) return;
  const metadata = await admin.fetchTopicMetadata({ topics: present });
  const short = metadata.topics.filter((topic) => topic.partitions.length < partitionsPerTopic);
  if (short.length === 0) return;
  await admin.createPartitions({
    topicPartitions: short.map(({ name }) => ({ topic: name, count: partitionsPerTopic })),
  });
}

/** A new topic is named before its leaders know of it: they refuse for some milliseconds. @throws when that does not pass */
async function waitUntilWritable(admin: Admin, topic: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await admin.fetchTopicOffsets(topic);
      return;
    } catch (error) {
      if (tries === triesUntilWritable) throw error;
      await pause(100);
    }
  }
}

import { createRedisBackend, withBackend } from 'bullmq';
import type { ConnectionOptions, RedisQueueBackend } from 'bullmq';
import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import type { Backend } from './backend.js';
import type { OutageLog } from './outage-log.js';

const prefix = 'relance';
/** A silent server is given up after this; nothing may block longer, or waiting would look like silence. */
const socketTimeoutMs = 10_000;
const longestWaitSeconds = 5;
const drainDelaySeconds = 1;

const settings: RedisOptions = {
  retryStrategy: () => 500,
  socketTimeout: socketTimeoutMs,
  connectTimeout: 5_000,
  keepAlive: 10_000,
  lazyConnect: true,
};

/** Queues in a Redis. One connection arms, one works, and each worker waits on one more of its own. */
export async function openRedisBackend(redisUrl: string, troubles: OutageLog): Promise<Backend> {
  // Whoever arms is told at once when Redis is away; whoever works waits until it is back.
  const arming = new Redis(redisUrl, { ...settings, maxRetriesPerRequest: 1, connectionName: 'relance jobs arming' });
  const working = new Redis(redisUrl, { ...settings, maxRetriesPerRequest: null, connectionName: 'relance jobs' });
  for (const client of [arming, working]) client.on('error', (error: unknown) => troubles.note(error));
  const close = async (): Promise<void> => {
    arming.disconnect();
    working.disconnect();
  };
  try {
    await Promise.all([arming.connect(), working.connect()]);
  } catch (error) {
    await close();
    throw error;
  }

  const bull = withBackend<RedisQueueBackend, ConnectionOptions>((name, options, extra) => {
    const backend = createRedisBackend(name, options, extra);
    Object.defineProperty(backend, 'maximumBlockTimeout', { value: longestWaitSeconds });
    return backend;
  });
  return {
    queue: (name) =>
      new bull.Queue(name, {
        connection: arming,
        prefix,
        // The question for the version is asked once per queue and would, unanswered, break this queue for good.
        skipVersionCheck: true,
        streams: { events: { maxLen: 256 } },
      }),
    worker: (name, processor, options) =>
      new bull.Worker(name, processor, { connection: working, prefix, ...options, drainDelay: drainDelaySeconds }),
    close,
  };
}

import { once } from 'node:events';
import type { EventEmitter } from 'node:events';
import { createRedisBackend, withBackend } from 'bullmq';
import type { ConnectionOptions, RedisQueueBackend } from 'bullmq';
import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import type { Backend } from './backend.js';
import type { OutageLog } from './outage-log.js';

const prefix = 'relance';
/** A silent server is given up after this; nothing may block longer, or waiting would look like silence. */
const socketTimeoutMs = 10_000;
const startTimeoutMs = 10_000;
const longestWaitSeconds = 5;
const drainDelaySeconds = 1;

const settings: RedisOptions = {
  retryStrategy: () => 500,
  socketTimeout: socketTimeoutMs,
  connectTimeout: 5_000,
  keepAlive: 10_000,
};

/** Queues in a Redis. One connection arms, one works, and each worker waits on one more of its own. */
export async function openRedisBackend(redisUrl: string, troubles: OutageLog): Promise<Backend> {
  // Whoever arms is told at once when Redis is away; whoever works waits until it is back.
  const arming = new Redis(redisUrl, { ...settings, maxRetriesPerRequest: 1, connectionName: 'relance-jobs-arming' });
  const working = new Redis(redisUrl, { ...settings, maxRetriesPerRequest: null, connectionName: 'relance-jobs' });
  for (const client of [arming, working]) {
    client.on('error', (error: unknown) => troubles.note(error));
    forgetSilenceOnClose(client);
  }
  const close = async (): Promise<void> => {
    arming.disconnect();
    working.disconnect();
  };
  try {
    const signal = AbortSignal.timeout(startTimeoutMs);
    await Promise.all([arming, working].map((client) => once(client, 'ready', { signal })));
  } catch (error) {
    await close();
    throw error;
  }

  const bull = withBackend<RedisQueueBackend, ConnectionOptions>((name, options, extra) => {
    const backend = createRedisBackend(name, options, extra);
    Object.defineProperty(backend, 'maximumBlockTimeout', { value: longestWaitSeconds });
    backend.blockingClient?.then(forgetSilenceOnClose, (error: unknown) => troubles.note(error));
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

/** ioredis 5.11 keeps the timer of `socketTimeout` when a connection is lost, and ends the next one with it. */
function forgetSilenceOnClose(client: unknown): void {
  const emitter = client as EventEmitter & { socketTimeoutTimer: NodeJS.Timeout | undefined };
  emitter.on('close', () => {
    clearTimeout(emitter.socketTimeoutTimer);
    emitter.socketTimeoutTimer = undefined;
  });
}

import { setTimeout as pause } from 'node:timers/promises';
import { PostgresConnection, PostgresQueueBackend, withBackend } from 'bullmq';
import type { PostgresConnectionOptions } from 'bullmq';
import type { Backend } from './backend.js';
import { canaryQueues } from './canary.js';
import type { OutageLog } from './outage-log.js';

const poolSize = 4;
const statementTimeoutMs = 10_000;
/** Seconds after which a worker looks again although nobody woke it: what a lost notification costs at most. */
const lookAgainSeconds = 10;
const retryMs = 1_000;

/** A process that was killed leaves its canary's queue behind. What a living one loses here it does not miss. */
const forgetDeadCanaries = `
  with job as (delete from jobs.job where queue like $1 and added_at_ms < extract(epoch from now() - interval '1 hour') * 1000)
  delete from jobs.event where queue like $1 and created_at_ms < extract(epoch from now() - interval '1 hour') * 1000`;

type Listener = Awaited<ReturnType<PostgresConnection['getListenClient']>>;

/** One pool and one listening connection for all queues and workers of the process. */
class SharedConnection extends PostgresConnection {
  private readonly shared = new WeakSet<Listener>();

  override async getListenClient(): Promise<Listener> {
    const client = await super.getListenClient();
    if (!this.shared.has(client)) {
      this.shared.add(client);
      // One listener per waiting worker.
      (client as unknown as NodeJS.EventEmitter).setMaxListeners(0);
      inTurn(client);
    }
    return client;
  }
}

/** Every worker says LISTEN on the shared connection; pg takes one statement at a time. */
function inTurn(client: Listener): void {
  const query = client.query.bind(client);
  let before: Promise<unknown> = Promise.resolve();
  client.query = (text, values) => {
    const answer = before.then(() => query(text, values));
    before = answer.catch(() => undefined);
    return answer as never;
  };
}

/**
 * BullMQ gives each queue and worker a pool and a listening connection of its own; here they share.
 * What is overridden is what sharing and outages ask for; the rest is BullMQ's.
 */
class SharedBackend extends PostgresQueueBackend {
  override async close(): Promise<void> {
    this.closing ??= Promise.resolve();
    return this.closing;
  }

  override async disconnect(): Promise<void> {
    return this.disconnectBlocking();
  }

  /** BullMQ may wait an hour for a wake-up, also where the look at the next alarm failed before. */
  override async waitForJob(seconds: number): ReturnType<PostgresQueueBackend['waitForJob']> {
    return super.waitForJob(Math.min(seconds, lookAgainSeconds));
  }

  /** A worker asks again at once after most errors; a Postgres that restarts would be asked thousands of times. */
  override async moveToActive(token: string, name?: string): ReturnType<PostgresQueueBackend['moveToActive']> {
    try {
      return await super.moveToActive(token, name);
    } catch (error) {
      if (!this.closing) await pause(retryMs);
      throw error;
    }
  }
}

/** Queues in the schema `jobs` of a database. Brings the schema up to date first. */
export async function openPostgresBackend(databaseUrl: string, troubles: OutageLog): Promise<Backend> {
  const connection = new SharedConnection({
    connectionString: databaseUrl,
    schema: 'jobs',
    migrate: true,
    application_name: 'relance jobs',
    max: poolSize,
    keepAlive: true,
    idleTimeoutMillis: 60_000,
    connectionTimeoutMillis: 6_000,
    query_timeout: statementTimeoutMs + 2_000,
    options: `-c statement_timeout=${statementTimeoutMs} -c lock_timeout=5000 -c idle_in_transaction_session_timeout=2000 -c client_min_messages=warning`,
  });
  // Each queue and worker listens to the connection.
  connection.setMaxListeners(0);
  connection.on('error', (error: unknown) => troubles.note(error));
  try {
    await connection.waitUntilReady();
    await connection.pool.query(forgetDeadCanaries, [`${canaryQueues}%`]);
  } catch (error) {
    await connection.close();
    throw error;
  }

  const bull = withBackend<SharedBackend, PostgresConnectionOptions>(
    (name, options) => new SharedBackend(connection, name, options),
  );
  const shared = { connection: connection.pool };
  return {
    // Nobody reads BullMQ's events: a short stream, and no longer than it must be.
    queue: (name) => new bull.Queue(name, { ...shared, streams: { events: { maxLen: 256 } } }),
    worker: (name, processor, options) =>
      new bull.Worker(name, processor, { ...shared, ...options, drainDelay: lookAgainSeconds }),
    close: () => connection.close(),
  };
}

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { ConfigOf } from '@relance/config';
import { EmbeddedPostgres, freePort } from '@relance/embedded';
import type { DataDirectory, ProcessesFile } from '@relance/embedded';
import type { Logger } from '@relance/logging';
import type { relanceConfig } from '@relance/process';
import { startKafka, startRedis } from '@relance/testbed';
import { KeptPart } from './kept-part.js';

/** Where things are kept, as services are told. */
export interface Stores {
  readonly DATABASE_URL: string;
  readonly EVENT_LOG_TRANSPORT: string;
  readonly KAFKA_BROKERS: string;
  readonly JOBS_BACKEND: string;
  readonly REDIS_URL: string;
}

/** What is stated of them; the rest is started. */
export interface StatedStores {
  readonly stated: ConfigOf<typeof relanceConfig>;
  readonly transport: string;
  readonly backend: string;
}

const stopWithinMs = 1_400;

/**
 * Starts Postgres, Kafka and Redis, all at once, where nobody states that they are elsewhere. They end after everything
 * that uses them, all at once.
 *
 * @throws {StartRefused} {PartMissing}
 */
export async function openStores(
  { stated, transport, backend }: StatedStores,
  directory: DataDirectory,
  processes: ProcessesFile,
  logger: Logger,
  giveUp: AbortSignal,
  opened: AsyncDisposableStack,
): Promise<Stores> {
  const stops: (() => Promise<void>)[] = [];
  opened.defer(async () => {
    await Promise.all(stops.map((stop) => stop()));
  });

  const tell =
    (name: string, address: string) =>
    (pid: number | null): void =>
      pid === null ? processes.remove(name) : processes.set(name, { pid, address });

  const postgres = async (): Promise<string> => {
    if (stated.DATABASE_URL !== undefined) return stated.DATABASE_URL;
    const server = await EmbeddedPostgres.start({
      directory: directory.path,
      log: logger,
      giveUp,
      onChange: (now) => (now ? processes.set('postgres', now) : processes.remove('postgres')),
    });
    stops.push(() => server.stop(stopWithinMs));
    return server.databaseUrl();
  };

  const kafka = async (): Promise<string> => {
    if (transport !== 'kafka') return '';
    const port = await keptPort(directory.file('kafka-port'));
    const start = (): ReturnType<typeof startKafka> =>
      startKafka({ directory: directory.file('kafka'), port, isKept: true });
    const part = await KeptPart.start('kafka', start, tell('kafka', `127.0.0.1:${port}`), logger);
    stops.push(() => part.stop(stopWithinMs));
    return part.first.brokers.join(',');
  };

  const redis = async (): Promise<string> => {
    if (backend !== 'redis') return '';
    const port = await keptPort(directory.file('redis-port'));
    const start = (): ReturnType<typeof startRedis> =>
      startRedis({ directory: directory.file('redis'), port, isKept: true });
    const part = await KeptPart.start('redis', start, tell('redis', `127.0.0.1:${port}`), logger);
    stops.push(() => part.stop(stopWithinMs));
    return part.first.url;
  };

  // Whichever fails, the others are waited for: what is still starting could not be stopped.
  const started = await Promise.allSettled([postgres(), kafka(), redis()]);
  const [database, brokers, queue] = started.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
  return {
    DATABASE_URL: database ?? '',
    EVENT_LOG_TRANSPORT: transport,
    KAFKA_BROKERS: brokers ?? '',
    JOBS_BACKEND: backend,
    REDIS_URL: queue ?? '',
  };
}

/** The same port at every start, so that clients and what was left behind find each other. */
async function keptPort(file: string): Promise<number> {
  if (existsSync(file)) return Number(readFileSync(file, 'utf8'));
  const port = await freePort();
  writeFileSync(file, `${port}\n`);
  return port;
}

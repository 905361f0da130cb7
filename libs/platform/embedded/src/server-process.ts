import type { ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { Client } from 'pg';

import { errorField } from './error-field.js';

/** Settings of every Postgres we start; `fast` ones throw durability away and are for tests. */
export const commonSettings = {
  listen_addresses: '127.0.0.1',
  // A socket path has at most 107 bytes; a data directory may be longer.
  unix_socket_directories: '',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Refused statements come with what they held. Whoever sent one is told; the log is for the server itself.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
} as const;

/** The role we create the cluster with, and the name of its database. */
export const serverRole = 'relance';

export interface ServerAddress {
  readonly port: number;
  readonly password: string;
}

export function databaseUrl(server: ServerAddress, database: string): string {
  return `postgres://${serverRole}:${encodeURIComponent(server.password)}@127.0.0.1:${server.port}/${database}`;
}

/** initdb's arguments: UTF-8, bytewise order, upper and lower case by Unicode on every platform, passwords only. */
export function initArguments(directory: string, passwordFile: string): string[] {
  return [
    `--pgdata=${directory}`,
    `--username=${serverRole}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ];
}

export function serverArguments(directory: string, port: number, settings: Readonly<Record<string, string>>): string[] {
  const options = Object.entries({ ...commonSettings, ...settings }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  return ['-D', directory, '-p', String(port), ...options];
}

/**
 * A port of 127.0.0.1 that was free a moment ago; somebody else may still be
 * faster. It lies below the ports that systems give to outgoing connections
 * (Linux 32768, macOS 49152), so that none of those takes it while the server
 * is started again.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const probe = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
}

export type Connection = 'ready' | 'starting' | 'refused' | 'not-ours';

/** Tries one real connection. `not-ours`: something answers, but not to our password. */
async function tryConnection(server: ServerAddress): Promise<Connection> {
  const client = new Client({ connectionString: databaseUrl(server, 'postgres'), connectionTimeoutMillis: 2_000 });
  // A server that goes away in the middle must not end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return 'ready';
  } catch (error) {
    return outcomeOf(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function outcomeOf(error: unknown): Connection {
  const code = errorField(error, 'code');
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || /^E[A-Z]{4}$/.test(code)) return 'refused';
  // Class 28: invalid authorization. Any other answer means not yet: starting, recovering, shutting down, full.
  return code.startsWith('28') ? 'not-ours' : 'starting';
}

/** Waits for a real connection; the last answer when `isAlive` says no or the time is over first. */
export async function waitUntilReady(
  isAlive: () => boolean,
  server: ServerAddress,
  withinMs: number,
): Promise<Connection> {
  const end = performance.now() + withinMs;
  let outcome: Connection = 'refused';
  while (isAlive() && performance.now() < end) {
    outcome = await tryConnection(server);
    if (outcome === 'ready' || outcome === 'not-ours') return outcome;
    await delay(25);
  }
  return outcome;
}

export function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

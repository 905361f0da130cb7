import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { Client } from 'pg';

/** Settings of every Postgres we start; `fast` ones throw durability away and are for tests. */
export const commonSettings = {
  listen_addresses: '127.0.0.1',
  // A socket path has at most 107 bytes; a data directory may be longer.
  unix_socket_directories: '',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
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

/** initdb's arguments: UTF-8, bytewise order, passwords only. */
export function initArguments(directory: string, passwordFile: string): string[] {
  return [
    `--pgdata=${directory}`,
    `--username=${serverRole}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
  ];
}

export function serverArguments(directory: string, port: number, settings: Readonly<Record<string, string>>): string[] {
  const options = Object.entries({ ...commonSettings, ...settings }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  return ['-D', directory, '-p', String(port), ...options];
}

/** A port of 127.0.0.1 that was free a moment ago; somebody else may still be faster. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('A TCP server has no TCP address');
  return address.port;
}

export type Connection = 'ready' | 'starting' | 'refused' | 'not-ours';

/** Tries one real connection. `not-ours`: something answers, but not to our password. */
export async function tryConnection(server: ServerAddress): Promise<{ outcome: Connection; error?: unknown }> {
  const client = new Client({ connectionString: databaseUrl(server, 'postgres'), connectionTimeoutMillis: 2_000 });
  // A server that goes away in the middle must not end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return { outcome: 'ready' };
  } catch (error) {
    return { outcome: outcomeOf(error), error };
  } finally {
    await client.end().catch(() => undefined);
  }
}

function outcomeOf(error: unknown): Connection {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  // 57P03 cannot_connect_now: starting up, recovering or shutting down.
  if (code === '57P03') return 'starting';
  if (code === undefined || (typeof code === 'string' && /^E[A-Z]+$/.test(code))) return 'refused';
  return 'not-ours';
}

/** Waits for a real connection; false when the process ended or the time is over first. */
export async function waitUntilReady(child: ChildProcess, server: ServerAddress, withinMs: number): Promise<boolean> {
  const end = performance.now() + withinMs;
  while (isRunning(child) && performance.now() < end) {
    if ((await tryConnection(server)).outcome === 'ready') return true;
    await delay(30);
  }
  return false;
}

export function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

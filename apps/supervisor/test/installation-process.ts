import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const main = new URL('../dist/main.js', import.meta.url).pathname;
const token = 'journey-0123456789abcdef0123456789abcdef';

export interface Entry {
  readonly name: string;
  readonly pid: number;
  readonly address: string;
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** An installation of many processes, started as `npm run start:services` starts it once everything is built. */
export interface InstallationProcess {
  readonly origin: string;
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** What it has said so far. */
  output(): string;
  ask<Body>(method: string, path: string, body?: unknown): Promise<{ status: number; body: Body }>;
  /** Posts a form. @returns the lead's id. @throws when it was not accepted. */
  submit(): Promise<string>;
  processes(): Entry[];
  process(name: string): Entry;
  signal(signal: NodeJS.Signals): void;
}

/** Rejects with what it said when it ends before it is ready. */
export async function startInstallation(
  directory: string,
  environment: Record<string, string> = {},
): Promise<InstallationProcess> {
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      PORT: '0',
      RELANCE_DATA_DIR: directory,
      RELANCE_ADMIN_TOKEN: token,
      LOG_LEVEL: 'warn',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => resolve({ code, output }));
  });
  const origin = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (part: Buffer) => {
        output += part.toString();
        const ready = /^ready (http:\/\/\S+)$/m.exec(output)?.[1];
        if (ready !== undefined) resolve(ready);
      });
    }
    ended.then(({ code }) => reject(new Error(`ended with ${code}: ${output}`)), reject);
  });
  const processes = (): Entry[] => JSON.parse(readFileSync(join(directory, 'processes.json'), 'utf8')) as Entry[];

  return {
    origin,
    pid: child.pid ?? 0,
    ended,
    output: () => output,
    ask: async <Body>(method: string, path: string, body?: unknown) => {
      const response = await fetch(origin + path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(10_000),
      });
      const text = await response.text();
      return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as Body };
    },
    submit: async () => {
      const unique = Math.random().toString(36).slice(2);
      const response = await fetch(`${origin}/in/forms/site`, {
        method: 'POST',
        body: new URLSearchParams({
          email: `ada@${unique}.example`,
          full_name: `Ada ${unique}`,
          company: `Engines ${unique}`,
          contact_me: 'yes',
        }),
        signal: AbortSignal.timeout(10_000),
      });
      if (response.status !== 202)
        throw new Error(`the form was answered ${response.status}: ${await response.text()}`);
      return ((await response.json()) as { leadId: string }).leadId;
    },
    processes,
    process: (name) => {
      const entry = processes().find((known) => known.name === name);
      if (!entry) throw new Error(`${name} does not run`);
      return entry;
    },
    signal: (signal) => void child.kill(signal),
  };
}

export async function newDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'relance-services-'));
}

export async function removeDirectory(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
}

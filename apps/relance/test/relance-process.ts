import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const main = new URL('../dist/main.js', import.meta.url).pathname;
export const token = 'journey-0123456789abcdef0123456789abcdef';

/** A real process, started as `npm start` starts it once everything is built. */
export interface RelanceProcess {
  readonly origin: string;
  readonly directory: string;
  ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: never }>;
  /** Posts a form as a browser's script does. @returns the lead's id. */
  submit(over?: Record<string, string>): Promise<string>;
  processes(): { name: string; pid: number; address?: string }[];
  signal(signal: NodeJS.Signals): Promise<Ended>;
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Starts on a directory; a new one when none is given. Rejects with what it said when it ends before it is ready. */
export async function startRelance(options: { directory?: string; port?: number } = {}): Promise<RelanceProcess> {
  const directory = options.directory ?? (await newDirectory());
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env['PATH'],
      PORT: String(options.port ?? 0),
      RELANCE_DATA_DIR: directory,
      RELANCE_ADMIN_TOKEN: token,
      LOG_LEVEL: 'warn',
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

  const ask: RelanceProcess['ask'] = async (method, path, body) => {
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
    return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as never };
  };

  return {
    origin,
    directory,
    ask,
    submit: async (over = {}) => {
      const unique = Math.random().toString(36).slice(2);
      const form = {
        email: `ada@${unique}.example`,
        full_name: `Ada ${unique}`,
        company: `Engines ${unique}`,
        contact_me: 'yes',
        ...over,
      };
      const response = await fetch(`${origin}/in/forms/site`, {
        method: 'POST',
        body: new URLSearchParams(form),
        signal: AbortSignal.timeout(10_000),
      });
      if (response.status !== 202)
        throw new Error(`the form was answered ${response.status}: ${await response.text()}`);
      return ((await response.json()) as { leadId: string }).leadId;
    },
    processes: () =>
      JSON.parse(readFileSync(join(directory, 'processes.json'), 'utf8')) as { name: string; pid: number }[],
    signal: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

export async function newDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'relance-journey-'));
}

export async function removeDirectory(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
}

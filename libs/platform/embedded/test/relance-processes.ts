import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { eventually } from '@relance/testing';
import { Client } from 'pg';

import { startOf } from '../src/process-state.js';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..', '..', '..');

/** What `relance-process.ts` has said, line by line. */
export interface RelanceProcess {
  readonly child: ChildProcess;
  readonly lines: Record<string, unknown>[];
  /** The first line that has this field, now or later. */
  said(field: string): Promise<Record<string, unknown>>;
}

/** Starts processes on directories of their own and cleans up whatever a test leaves. */
export class RelanceProcesses {
  readonly #children: ChildProcess[] = [];
  readonly #directories: string[] = [];

  /** A path below a directory closed to others, as `mktemp -d` makes them, that does not exist yet. */
  directory(): string {
    const made = mkdtempSync(join(tmpdir(), 'relance-embedded-'));
    this.#directories.push(made);
    return join(made, 'data');
  }

  start(directory: string, ...args: string[]): RelanceProcess {
    const child = spawn(
      process.execPath,
      ['--import', join(root, 'tools', 'typescript-source.mjs'), join(here, 'relance-process.ts'), directory, ...args],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_OPTIONS: '' } },
    );
    this.#children.push(child);
    const lines: Record<string, unknown>[] = [];
    const reader = createInterface({ input: child.stdout });
    reader.on('line', (line) => lines.push(JSON.parse(line) as Record<string, unknown>));
    const ended = once(reader, 'close');
    const said = async (field: string): Promise<Record<string, unknown>> => {
      for (;;) {
        const found = lines.find((line) => field in line);
        if (found !== undefined) return found;
        const [closed] = await Promise.race([once(reader, 'line').then(() => [false]), ended.then(() => [true])]);
        if (closed === true && !lines.some((line) => field in line)) {
          throw new Error(`ended without "${field}": ${JSON.stringify(lines)}`);
        }
      }
    };
    return { child, lines, said };
  }

  async cleanUp(): Promise<void> {
    for (const child of this.#children) await end(child, 'SIGKILL');
    for (const directory of this.#directories) {
      await endPostgresOf(join(directory, 'data'));
      rmSync(directory, { recursive: true, force: true });
    }
    this.#children.length = 0;
    this.#directories.length = 0;
  }
}

export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}

export async function query(url: unknown, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: String(url) });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A process that ended and that nobody has collected yet is not alive. */
export function isAlive(pid: number): boolean {
  return startOf(pid) !== null;
}

async function endPostgresOf(directory: string): Promise<void> {
  let pid: number;
  try {
    pid = Number.parseInt(readFileSync(join(directory, 'postgres', 'postmaster.pid'), 'utf8'), 10);
  } catch {
    return;
  }
  if (!isAlive(pid) || !readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(directory)) return;
  process.kill(pid, 'SIGKILL');
  await eventually(() => !isAlive(pid));
}

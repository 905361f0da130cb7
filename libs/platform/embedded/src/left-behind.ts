import { existsSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { commandOf, programOf, signal, startOf } from './process-state.js';
import { StartRefused } from './start-refused.js';

/** A server that already runs on a database's files. */
export interface LeftBehind {
  readonly pid: number;
  readonly start: string;
  readonly port: number;
  /** What it runs; null where the system does not tell. */
  readonly executable: string | null;
  readonly args: readonly string[];
}

/**
 * Finds the server that a killed Relance left on these files.
 *
 * `postmaster.pid` names a process id. It may belong to nobody by now, which
 * Postgres finds out itself, or to a process that has nothing to do with us:
 * that one is never signalled, and the file is removed, since Postgres would
 * take it for a server (its check of the shared memory still protects the
 * files).
 *
 * @throws StartRefused `postgres.running-elsewhere` when the process cannot be looked at
 */
export function findLeftBehind(cluster: string): LeftBehind | null {
  const lock = join(cluster, 'postmaster.pid');
  if (!existsSync(lock)) return null;
  const lines = readFileSync(lock, 'utf8').split('\n');
  const pid = Number.parseInt(lines[0] ?? '', 10);
  const start = pid > 0 && pid !== process.pid ? startOf(pid) : null;
  if (start !== null) {
    const program = programOf(pid);
    const ours = program === null ? commandMentions(pid, cluster) : runsOn(program, cluster);
    if (ours === null && startOf(pid) === start) {
      throw new StartRefused(
        'postgres.running-elsewhere',
        `${lock} says that process ${pid} runs Postgres on these files, and this user may not look at it. ` +
          `Stop that process; or, if it is something else, remove ${lock}.`,
      );
    }
    if (ours === true) {
      return {
        pid,
        start,
        port: Number.parseInt(lines[3] ?? '', 10),
        executable: program?.executable ?? null,
        args: program?.args ?? [],
      };
    }
  }
  if (start !== null || pid === process.pid) rmSync(lock);
  return null;
}

/** The server changes into its files when it starts, however it was called. */
function runsOn(program: { executable: string; workingDirectory: string }, cluster: string): boolean {
  return (
    basename(program.executable.replace(/ \(deleted\)$/, '')) === 'postgres' &&
    program.workingDirectory === realpathSync(cluster)
  );
}

function commandMentions(pid: number, cluster: string): boolean | null {
  const command = commandOf(pid);
  if (command === null) return process.platform === 'linux' ? null : false;
  return command.includes('postgres') && command.includes(cluster);
}

/**
 * Ends a server: first it is asked to end its sessions and write everything
 * (SIGINT), then to stop where it stands (SIGQUIT; the next start recovers).
 *
 * @returns whether it is gone
 */
export async function endServer(server: { pid: number; start: string }, withinMs: number): Promise<boolean> {
  const isGone = () => startOf(server.pid) !== server.start;
  for (const [name, ms] of [
    ['SIGINT', withinMs],
    ['SIGQUIT', 500],
    // It does not even answer that: it hangs or was frozen. Its commits are on disk.
    ['SIGKILL', 2_000],
  ] as const) {
    if (isGone()) return true;
    signal(server.pid, name);
    const end = performance.now() + ms;
    while (!isGone() && performance.now() < end) await delay(10);
  }
  return isGone();
}

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { commandOf, signal, startOf } from '@relance/embedded';

/** A server process on this machine. */
export interface LocalServer {
  readonly pid: number;
  /** `adopted`: it was left running on the directory by whoever started it before. */
  readonly how: 'started' | 'adopted';
  /** The process that was left on the directory and had to be ended first. */
  readonly ended: number | null;
  /** Fulfilled when the process is gone. */
  readonly gone: Promise<void>;
  /** Asks it to end, and ends it. Safe to call twice. */
  stop(): Promise<void>;
}

/** How to run one server. Its command line holds `directory`, by which it is told from other processes. */
export interface LocalServerPlan {
  readonly name: 'kafka' | 'redis';
  readonly directory: string;
  readonly command: string;
  readonly args: readonly string[];
  /** True: it runs on when this process ends, and the next start adopts it. False: it ends with this process, SIGKILL included. */
  readonly isKept: boolean;
  isReady(): Promise<boolean>;
}

const readyWithinMs = 60_000;
const adoptWithinMs = 3_000;
const stopWithinMs = 8_000;
/** One that did not answer is not waited for long. */
const endLeftWithinMs = 2_000;

/** Adopts the server that still runs on the directory, or starts one. @throws when it does not get ready; the log says why. */
export async function runLocalServer(plan: LocalServerPlan): Promise<LocalServer> {
  const left = leftBehind(plan);
  if (left && plan.isKept && (await answers(plan, left, adoptWithinMs))) return serverOf(plan, left, 'adopted', null);
  if (left) await end(left, endLeftWithinMs);
  return start(plan, left?.pid ?? null);
}

interface Running {
  readonly pid: number;
  /** When it started: tells it from a later process with the same id. */
  readonly start: string;
}

async function start(plan: LocalServerPlan, ended: number | null): Promise<LocalServer> {
  mkdirSync(plan.directory, { recursive: true });
  const logFile = join(plan.directory, `${plan.name}.log`);
  // A file, not a pipe: the server may outlive us and keeps writing.
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(plan.command, plan.args, { cwd: plan.directory, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  child.on('error', () => undefined);
  const running = { pid: child.pid ?? 0, start: startOf(child.pid ?? 0) ?? '' };
  const letGo = plan.isKept ? () => undefined : endWithThisProcess(child, plan.directory);
  note(plan, running);
  if (await answers(plan, running, readyWithinMs)) {
    child.unref();
    return serverOf(plan, running, 'started', ended, letGo);
  }
  await end(running);
  letGo();
  const lines = readFileSync(logFile, 'utf8').slice(-2_000).trim();
  throw new Error(`${plan.name} did not start. Its log, ${logFile}, ends with:\n${lines}`);
}

function serverOf(
  plan: LocalServerPlan,
  running: Running,
  how: LocalServer['how'],
  ended: number | null,
  letGo: () => void = () => undefined,
): LocalServer {
  return {
    pid: running.pid,
    how,
    ended,
    gone: gone(running),
    stop: async () => {
      await end(running);
      letGo();
      rmSync(noteFile(plan), { force: true });
    },
  };
}

async function answers(plan: LocalServerPlan, running: Running, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (isAlive(running) && performance.now() < until) {
    if (await plan.isReady()) return isAlive(running);
    await delay(50);
  }
  return false;
}

function isAlive(running: Running): boolean {
  return startOf(running.pid) === running.start;
}

async function gone(running: Running): Promise<void> {
  while (isAlive(running)) await delay(200, undefined, { ref: false });
}

async function end(running: Running, graceMs = stopWithinMs): Promise<void> {
  for (const [name, withinMs] of [
    ['SIGTERM', graceMs],
    // It hangs or was frozen.
    ['SIGKILL', 5_000],
  ] as const) {
    if (!isAlive(running)) return;
    signal(running.pid, name);
    const until = performance.now() + withinMs;
    while (isAlive(running) && performance.now() < until) await delay(20);
  }
}

function noteFile(plan: LocalServerPlan): string {
  return join(plan.directory, `${plan.name}.json`);
}

function note(plan: LocalServerPlan, running: Running): void {
  const half = `${noteFile(plan)}.half`;
  writeFileSync(half, JSON.stringify(running), { mode: 0o600 });
  renameSync(half, noteFile(plan));
}

/** The server that runs on the directory, by the note it was started with; a process that is not ours is never taken for it. */
function leftBehind(plan: LocalServerPlan): Running | null {
  let noted: Running;
  try {
    noted = JSON.parse(readFileSync(noteFile(plan), 'utf8')) as Running;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return isAlive(noted) && commandOf(noted.pid)?.includes(plan.directory) === true ? noted : null;
}

/**
 * A shell reads a pipe that only this process holds open. When the pipe closes, because we said so or because we are
 * gone, it ends the server, after a look at what the process with its id runs.
 */
function endWithThisProcess(server: ChildProcess, directory: string): () => void {
  const script = `
    cat > /dev/null
    if [ -r "/proc/$1/cmdline" ]; then command=$(tr '\\0' ' ' < "/proc/$1/cmdline"); else command=$(ps -o command= -p "$1"); fi
    case "$command" in *"$2"*) kill -KILL "$1" ;; esac`;
  const watcher = spawn('/bin/sh', ['-c', script, 'watcher', String(server.pid), directory], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.unref();
  (watcher.stdin as unknown as { unref(): void }).unref();
  return () => {
    watcher.stdin.end();
  };
}

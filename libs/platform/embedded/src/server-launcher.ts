import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { type Cluster } from './cluster.js';
import { endServer, findLeftBehind } from './left-behind.js';
import { startOf } from './process-state.js';
import { noSpace, onDisk } from './refuse-disk.js';
import { type Connection, isRunning, type ServerAddress, serverArguments, waitUntilReady } from './server-process.js';
import type { ServerProgram } from './server-program.js';
import { type ServerUser, spawnAs } from './server-user.js';
import { StartRefused } from './start-refused.js';

/** A server process, started by us or adopted. */
export interface RunningServer {
  readonly pid: number;
  readonly start: string;
  readonly port: number;
  /** Fulfilled when the process is gone. */
  readonly ended: Promise<void>;
}

/** How long a server may take to answer; most of it is for recovery after a crash, at up to 2 GB of log. */
const readyWithinMs = 120_000;
/** The processes of a killed server let go of its memory within this time. */
const releasedWithinMs = 20_000;
const rotateAtBytes = 10_000_000;

const settings = {
  shared_buffers: '128MB',
  max_wal_size: '2GB',
  wal_compression: 'on',
  max_connections: '60',
  // Parallel workers share memory through /dev/shm, of which a container has 64 MB.
  max_parallel_workers_per_gather: '0',
};

/** Starts the server on one database's files, past what an earlier one may have left. */
export class ServerLauncher {
  readonly #cluster: Cluster;
  readonly #program: ServerProgram;
  readonly #user: ServerUser;
  readonly #logFile: string;

  constructor(dataDirectory: string, cluster: Cluster, program: ServerProgram, user: ServerUser) {
    this.#cluster = cluster;
    this.#program = program;
    this.#user = user;
    this.#logFile = join(dataDirectory, 'logs', 'postgres.log');
  }

  /**
   * Takes over a server that still runs on the files if it is the one we would
   * start, and ends it otherwise.
   */
  async adopt(password: string | null): Promise<{ adopted: RunningServer | null; ended: number | null }> {
    const left = findLeftBehind(this.#cluster.directory);
    if (left === null) return { adopted: null, ended: null };

    const isAlive = () => startOf(left.pid) === left.start;
    const wanted = [this.#program.postgres, ...serverArguments(this.#cluster.directory, left.port, settings)];
    const isTheSame = left.executable === this.#program.postgres && left.args.join('\0') === wanted.join('\0');
    if (isTheSame && password !== null) {
      const answer = await this.#answerOf(isAlive, { port: left.port, password });
      if (answer === 'ready') return { adopted: { ...left, ended: gone(isAlive) }, ended: null };
    }
    if (!(await endServer(left, 15_000))) {
      throw new StartRefused(
        'postgres.running-elsewhere',
        `Process ${left.pid}, a Postgres left behind on ${this.#cluster.directory}, cannot be ended. End it (kill ${left.pid}) and start again.`,
      );
    }
    return { adopted: null, ended: left.pid };
  }

  /**
   * @param choosePort asked again when the port proves to be taken
   * @param stop ends the attempt, and the server with it
   * @throws StartRefused `postgres.not-ready`, `.password-lost`, `data-directory.no-space`
   */
  async launch(choosePort: () => Promise<number>, password: string, stop: AbortSignal): Promise<RunningServer> {
    const end = performance.now() + releasedWithinMs;
    let log = '';
    do {
      // Removes a lock file that names a process of somebody else.
      findLeftBehind(this.#cluster.directory);
      const port = await choosePort();
      const attempt = await this.#attempt(port, password, stop);
      if ('server' in attempt) return attempt.server;
      log = attempt.log;
      if (attempt.answer === 'not-ours' && !isPassing(log)) {
        throw new StartRefused(
          'postgres.password-lost',
          'The embedded Postgres does not accept the password in the file postgres-password of the data directory. ' +
            'Put the right file back, or remove it: a new password is then set.',
        );
      }
      stop.throwIfAborted();
      await delay(200);
    } while (isPassing(log) && performance.now() < end);

    if (log.includes('No space left on device')) throw noSpace(dirname(this.#cluster.directory), new Error(log));
    throw new StartRefused(
      'postgres.not-ready',
      `The embedded Postgres did not start. Its log, ${this.#logFile}, ends with:\n${log}\nNothing was damaged. When that is repaired, start again.`,
    );
  }

  /** A server that recovers is given the time for it; one that does not even say so is not. */
  async #answerOf(isAlive: () => boolean, server: ServerAddress): Promise<Connection> {
    const end = performance.now() + readyWithinMs;
    let answer: Connection;
    do answer = await waitUntilReady(isAlive, server, 5_000);
    while (answer === 'starting' && isAlive() && performance.now() < end);
    return answer;
  }

  async #attempt(
    port: number,
    password: string,
    stop: AbortSignal,
  ): Promise<{ server: RunningServer } | { answer: string; log: string }> {
    const { file, size } = this.#openLog();
    const child = spawnAs(
      this.#user,
      this.#program.postgres,
      serverArguments(this.#cluster.directory, port, settings),
      ['ignore', file, file],
    );
    closeSync(file);
    let failure = '';
    child.on('error', (error) => (failure = error.message));
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const pid = child.pid ?? 0;
    const server = { pid, start: pid === 0 ? '' : (startOf(pid) ?? ''), port, ended };

    const answer = await waitUntilReady(() => isRunning(child) && !stop.aborted, { port, password }, readyWithinMs);
    if (answer === 'ready' && isRunning(child)) {
      child.unref();
      return { server };
    }
    // Somebody else answered on the port: ours is about to say so and end.
    if (answer === 'not-ours') await Promise.race([ended, delay(1_000)]);
    if (isRunning(child)) await endServer(server, 4_000);
    await ended;
    return { answer, log: `${failure}${this.#logSince(size)}` };
  }

  #openLog(): { file: number; size: number } {
    return onDisk(this.#logFile, () => {
      mkdirSync(dirname(this.#logFile), { recursive: true, mode: 0o700 });
      if (existsSync(this.#logFile) && statSync(this.#logFile).size > rotateAtBytes)
        renameSync(this.#logFile, `${this.#logFile}.1`);
      // A file, not a pipe: the server outlives us and keeps writing.
      const file = openSync(this.#logFile, 'a', 0o600);
      return { file, size: fstatSync(file).size };
    });
  }

  #logSince(size: number): string {
    const file = openSync(this.#logFile, 'r');
    try {
      const from = Math.max(size, fstatSync(file).size - 2_000);
      const tail = Buffer.alloc(2_000);
      return tail.toString('utf8', 0, readSync(file, tail, 0, tail.length, from)).trim();
    } finally {
      closeSync(file);
    }
  }
}

/** Reasons that pass by themselves: the port is taken, or a killed server's processes are still ending. */
function isPassing(log: string): boolean {
  return /could not bind|could not create any TCP|pre-existing shared memory block|lock file ".*" already exists/.test(
    log,
  );
}

/** An adopted server is not our child, so nobody tells us when it ends. */
async function gone(isAlive: () => boolean): Promise<void> {
  while (isAlive()) await delay(200, undefined, { ref: false });
}

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { databaseUrl, freePort, initArguments, isRunning, serverArguments, waitUntilReady } from './server-process.js';
import { findServerProgram, type ServerProgram } from './server-program.js';
import { chooseServerUser, giveTo, type ServerUser, spawnAs } from './server-user.js';

export interface TemporaryPostgres {
  /** Administrator's URL of the database `postgres`; create your own databases there. */
  readonly url: string;
  readonly pid: number;
  /** Ends the server and removes its files. Safe to call twice. */
  stop(): Promise<void>;
}

/** Nothing survives a crash with these, and nothing has to. */
const fastSettings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '2GB',
  shared_buffers: '128MB',
  max_connections: '300',
};

/**
 * A Postgres for tests, in a directory of its own below the system's temporary
 * one. It ends with `stop()`, and by itself when this process ends in any way,
 * SIGKILL included.
 */
export async function startTemporaryPostgres(): Promise<TemporaryPostgres> {
  const program = findServerProgram();
  const user = chooseServerUser(program, tmpdir());
  let log = '';
  // Another process may take the free port before the server does.
  for (let attempt = 1; attempt <= 3; attempt++) {
    const directory = mkdtempSync(join(tmpdir(), 'relance-postgres-'));
    chmodSync(directory, 0o711);
    const server = { port: await freePort(), password: await initialise(directory, program, user) };

    const logFile = join(directory, 'postgres.log');
    const output = openSync(logFile, 'a');
    const args = serverArguments(join(directory, 'data'), server.port, fastSettings);
    const child = spawnAs(user, program.postgres, args, ['ignore', output, output]);
    closeSync(output);
    const stop = endWithThisProcess(child, directory);
    if ((await waitUntilReady(() => isRunning(child), server, 30_000)) === 'ready') {
      child.unref();
      return { url: databaseUrl(server, 'postgres'), pid: child.pid ?? 0, stop };
    }
    log = readFileSync(logFile, 'utf8');
    await stop();
  }
  throw new Error(`The temporary Postgres did not start: ${log.slice(-2_000)}`);
}

/**
 * A shell reads a pipe that only this process holds open. When the pipe closes,
 * because we said so or because we are gone, it ends the server and removes the
 * directory.
 */
function endWithThisProcess(server: ChildProcess, directory: string): () => Promise<void> {
  const script = `
    lock="$2/data/postmaster.pid"
    cat > /dev/null
    if [ "$(head -n 1 "$lock" 2> /dev/null)" = "$1" ]; then kill -QUIT "$1" 2> /dev/null; fi
    while [ -e "$lock" ] && kill -0 "$1" 2> /dev/null; do sleep 0.02; done
    rm -rf "$2"`;
  const watcher = spawn('/bin/sh', ['-c', script, 'watcher', String(server.pid), directory], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.unref();
  const ended = once(watcher, 'exit');
  return async () => {
    watcher.ref();
    watcher.stdin.end();
    await ended;
  };
}

async function initialise(directory: string, program: ServerProgram, user: ServerUser): Promise<string> {
  const password = randomBytes(18).toString('base64url');
  const data = join(directory, 'data');
  const passwordFile = join(directory, 'password');
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  giveTo(user, data);
  giveTo(user, passwordFile);

  const child = spawnAs(
    user,
    program.initdb,
    [...initArguments(data, passwordFile), '--no-sync'],
    ['ignore', 'pipe', 'pipe'],
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`initdb ended with ${String(code)}: ${output.slice(-2_000)}`);
  return password;
}

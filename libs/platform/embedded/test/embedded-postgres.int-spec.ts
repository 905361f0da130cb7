import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';

import { afterEach, describe, expect, it } from '@jest/globals';
import { EmbeddedPostgres } from '@relance/embedded';
import { eventually } from '@relance/testing';

import { end, isAlive, query, type RelanceProcess, RelanceProcesses } from './relance-processes.js';

const processes = new RelanceProcesses();
const here: EmbeddedPostgres[] = [];

afterEach(async () => {
  for (const postgres of here.splice(0)) await postgres.stop();
  await processes.cleanUp();
});

/** Starts one in this process. */
async function startHere(directory: string, choosePort?: () => Promise<number>): Promise<EmbeddedPostgres> {
  mkdirSync(directory, { recursive: true });
  const silent = () => undefined;
  const postgres = await EmbeddedPostgres.start({
    directory,
    log: { info: silent, warn: silent, error: silent },
    onChange: silent,
    ...(choosePort === undefined ? {} : { choosePort }),
  });
  here.push(postgres);
  return postgres;
}

/** Starts one in a process of its own, stores a row and kills that process alone. */
async function leaveBehind(directory: string): Promise<{ pid: number; url: string }> {
  const relance = processes.start(directory);
  const { ready, pid } = await relance.said('ready');
  await query(ready, 'create table kept as select 42 as answer');
  await end(relance.child, 'SIGKILL');
  return { pid: Number(pid), url: String(ready) };
}

async function keptIn(relance: RelanceProcess): Promise<unknown> {
  const { ready } = await relance.said('ready');
  return (await query(ready, 'select answer from kept'))[0]?.['answer'];
}

describe('a first start', () => {
  it('makes a durable database in UTF-8 that only a password on 127.0.0.1 opens', async () => {
    const directory = processes.directory();
    const postgres = await startHere(directory);
    expect(postgres.how).toBe('initialised');

    const [settings] = await query(
      postgres.databaseUrl(),
      `select current_database() as database, current_user as "user", pg_get_userbyid(datdba) as owner,
         pg_encoding_to_char(encoding) as encoding, lower('ÉLAN') as lower, 'Z' < 'a' as bytewise,
         current_setting('listen_addresses') as listens, current_setting('unix_socket_directories') as sockets,
         current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit, current_setting('jit') as jit
       from pg_database where datname = current_database()`,
    );
    expect(settings).toEqual({
      database: 'relance',
      user: 'relance',
      owner: 'relance',
      encoding: 'UTF8',
      lower: 'élan',
      bytewise: true,
      listens: '127.0.0.1',
      sockets: '',
      fsync: 'on',
      commit: 'on',
      jit: 'off',
    });
    const wrong = new URL(postgres.databaseUrl());
    wrong.password = 'guessed';
    await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    expect(statSync(join(directory, 'postgres-password')).mode & 0o777).toBe(0o600);
    expect(existsSync(join(directory, 'logs', 'postgres.log'))).toBe(true);
  });

  it('keeps what stands in rows out of its log, also when they are refused', async () => {
    const directory = processes.directory();
    const url = (await startHere(directory)).databaseUrl();
    await query(url, 'create table person (email text primary key, age int not null)');
    const refused = [
      ["insert into person values ('ada@example.org', 36), ('ada@example.org', 37)", '23505'],
      ["insert into person values ('bob@example.org', null)", '23502'],
      ["select 'carl@example.org'::int", '22P02'],
    ] as const;
    for (const [sql, code] of refused) await expect(query(url, sql)).rejects.toMatchObject({ code });

    expect(readFileSync(join(directory, 'logs', 'postgres.log'), 'utf8')).not.toContain('example.org');
  });

  it('that was interrupted is done again', async () => {
    const directory = processes.directory();
    const first = processes.start(directory);
    await eventually(
      () => existsSync(directory) && readdirSync(directory).some((name) => name.startsWith('postgres.new')),
    );
    await end(first.child, 'SIGKILL');
    expect(existsSync(join(directory, 'postgres'))).toBe(false);

    const second = processes.start(directory);
    const { ready, how } = await second.said('ready');
    expect(how).toBe('initialised');
    await expect(query(ready, 'select 1')).resolves.toHaveLength(1);
  });

  it('removes what an interrupted one left', async () => {
    const directory = processes.directory();
    mkdirSync(join(directory, 'postgres.new-1', 'base'), { recursive: true });
    writeFileSync(join(directory, 'postgres.new-1', 'PG_VERSION'), '18\n');
    expect((await startHere(directory)).how).toBe('initialised');
    expect(existsSync(join(directory, 'postgres.new-1'))).toBe(false);
  });

  it('tries another port when the one it chose is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const ports = [typeof address === 'object' && address !== null ? address.port : 0];
    const postgres = await startHere(processes.directory(), () => Promise.resolve(ports.shift() ?? 23_456));
    taken.close();
    expect(new URL(postgres.databaseUrl()).port).toBe('23456');
  });
});

describe('a second start', () => {
  it('keeps what was stored, after a clean stop', async () => {
    const directory = processes.directory();
    const first = processes.start(directory);
    await query((await first.said('ready'))['ready'], 'create table kept as select 42 as answer');
    const stoppedAt = performance.now();
    await end(first.child, 'SIGTERM');
    expect(first.child.exitCode).toBe(0);
    expect(performance.now() - stoppedAt).toBeLessThan(9_000);
    expect(readFileSync(join(directory, 'processes.json'), 'utf8')).toBe('[]\n');

    const second = processes.start(directory);
    expect(await second.said('ready')).toMatchObject({ how: 'started' });
    expect(await keptIn(second)).toBe(42);
  });

  it('is refused while the first runs, which is not disturbed', async () => {
    const directory = processes.directory();
    const first = processes.start(directory);
    await first.said('ready');
    const second = processes.start(directory);
    expect(await second.said('refused')).toMatchObject({ refused: 'data-directory.locked' });
    await expect(query((await first.said('ready'))['ready'], 'select 1')).resolves.toHaveLength(1);
  });

  it('adopts the server that a killed process left behind', async () => {
    const directory = processes.directory();
    const left = await leaveBehind(directory);

    const second = processes.start(directory);
    expect(await second.said('ready')).toMatchObject({ how: 'adopted', pid: left.pid, ready: left.url });
    expect(await keptIn(second)).toBe(42);
    expect(second.lines).toContainEqual({
      log: 'adopted the Postgres that a killed process left behind',
      pid: left.pid,
    });

    await end(second.child, 'SIGTERM');
    expect(isAlive(left.pid)).toBe(false);
  });

  it('ends the server left behind when it cannot use it, and starts one', async () => {
    const directory = processes.directory();
    const left = await leaveBehind(directory);
    rmSync(join(directory, 'postgres-password'));

    const second = processes.start(directory);
    expect(await second.said('ready')).toMatchObject({ how: 'restarted' });
    expect(second.lines).toContainEqual({ log: 'ended the Postgres that a killed process left behind', pid: left.pid });
    expect(isAlive(left.pid)).toBe(false);
    expect(await keptIn(second)).toBe(42);
  });

  it('recovers when the server was killed too', async () => {
    const directory = processes.directory();
    const left = await leaveBehind(directory);
    process.kill(left.pid, 'SIGKILL');

    const second = processes.start(directory);
    expect(await second.said('ready')).toMatchObject({ how: 'started' });
    expect(await keptIn(second)).toBe(42);
  });

  it('waits for the last process of a killed server to let go of its memory', async () => {
    const directory = processes.directory();
    const left = await leaveBehind(directory);
    const [slow] = await query(left.url, `select pid from pg_stat_activity where backend_type = 'checkpointer'`);
    process.kill(Number(slow?.['pid']), 'SIGSTOP');
    process.kill(left.pid, 'SIGKILL');

    const second = processes.start(directory);
    await eventually(() =>
      readFileSync(join(directory, 'logs', 'postgres.log'), 'utf8').includes('shared memory block'),
    );
    process.kill(Number(slow?.['pid']), 'SIGCONT');
    expect(await second.said('ready')).toMatchObject({ how: 'started' });
  });

  it('leaves alone a process that was given the id of the dead server', async () => {
    const directory = processes.directory();
    const left = await leaveBehind(directory);
    const lock = join(directory, 'postgres', 'postmaster.pid');
    const lines = readFileSync(lock, 'utf8');
    process.kill(left.pid, 'SIGKILL');
    await eventually(() => !isAlive(left.pid));
    const stranger = spawn('sleep', ['60'], { detached: true });
    writeFileSync(lock, lines.replace(String(left.pid), String(stranger.pid)));

    const second = processes.start(directory);
    expect(await keptIn(second)).toBe(42);
    expect(stranger.signalCode).toBeNull();
    expect(isAlive(stranger.pid ?? 0)).toBe(true);
    stranger.kill('SIGKILL');
  });
});

describe('a server that dies while we run', () => {
  it.each(['started', 'adopted'])('is started again on the same port when it was %s', async (how) => {
    const directory = processes.directory();
    if (how === 'adopted') await leaveBehind(directory);
    const relance = processes.start(directory);
    const { ready, pid } = await relance.said('ready');
    process.kill(Number(pid), 'SIGKILL');

    const entry = await eventually(() => {
      const [now] = JSON.parse(readFileSync(join(directory, 'processes.json'), 'utf8')) as {
        pid: number;
        address: string;
      }[];
      return now === undefined || now.pid === pid ? null : now;
    });
    expect(entry.address).toBe(`127.0.0.1:${new URL(String(ready)).port}`);
    await expect(query(ready, 'select 1')).resolves.toHaveLength(1);

    await end(relance.child, 'SIGTERM');
    expect(relance.child.exitCode).toBe(0);
    expect(isAlive(entry.pid)).toBe(false);
  });

  it('does not hold up our own end', async () => {
    const relance = processes.start(processes.directory());
    const { pid } = await relance.said('ready');
    process.kill(Number(pid), 'SIGKILL');
    const stoppedAt = performance.now();
    await end(relance.child, 'SIGTERM');
    expect(relance.child.exitCode).toBe(0);
    expect(performance.now() - stoppedAt).toBeLessThan(9_000);
  });
});

describe('a stop', () => {
  it('ends a server that is frozen within five seconds', async () => {
    const directory = processes.directory();
    const relance = processes.start(directory);
    const { pid } = await relance.said('ready');
    process.kill(Number(pid), 'SIGSTOP');
    const stoppedAt = performance.now();
    await end(relance.child, 'SIGINT');
    expect(performance.now() - stoppedAt).toBeLessThan(9_500);
    expect(isAlive(Number(pid))).toBe(false);
  });

  it('does not wait for sessions that are still open', async () => {
    const relance = processes.start(processes.directory());
    const { ready } = await relance.said('ready');
    const busy = expect(query(ready, 'select pg_sleep(60)')).rejects.toThrow();
    const stoppedAt = performance.now();
    await end(relance.child, 'SIGINT');
    expect(performance.now() - stoppedAt).toBeLessThan(9_000);
    await busy;
  });
});

describe('files that are not ours, or not whole', () => {
  it.each([
    { what: 'something else', files: { 'notes.txt': 'mine' }, code: 'postgres.foreign-content' },
    { what: 'another version', files: { PG_VERSION: '9.6\n' }, code: 'postgres.other-version' },
    { what: 'half of a database', files: { PG_VERSION: '18\n' }, code: 'data-directory.half-made' },
  ])('are refused and left as they are: $what', async ({ files, code }) => {
    const directory = processes.directory();
    const cluster = join(directory, 'postgres');
    mkdirSync(cluster, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(cluster, name), text);
    const before = { ...statSync(cluster), atimeMs: 0, atime: 0 };

    await expect(startHere(directory)).rejects.toMatchObject({ code });

    expect(readdirSync(cluster)).toEqual(Object.keys(files));
    expect({ ...statSync(cluster), atimeMs: 0, atime: 0 }).toEqual(before);
  });

  it('are refused with the end of the log when Postgres finds them damaged', async () => {
    const directory = processes.directory();
    await (await startHere(directory)).stop();
    truncateSync(join(directory, 'postgres', 'global', 'pg_control'), 100);
    await expect(startHere(directory)).rejects.toMatchObject({
      code: 'postgres.not-ready',
      message: expect.stringMatching(/could not read file "global\/pg_control"/),
    });
  });

  it('say so when the password is of another database', async () => {
    const directory = processes.directory();
    await (await startHere(directory)).stop();
    const password = join(directory, 'postgres-password');
    renameSync(password, `${password}.right`);
    writeFileSync(password, 'another\n');
    await expect(startHere(directory)).rejects.toMatchObject({ code: 'postgres.password-lost' });
    renameSync(`${password}.right`, password);
    expect((await startHere(directory)).how).toBe('started');
    expect(dirname(password)).toBe(directory);
  });
});

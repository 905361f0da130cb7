import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { environment } from '@relance/config';
import { freePort } from '@relance/embedded';
import { startRedisContainer } from './containers.js';
import { redisProgram } from './java-archives.js';
import { runLocalServer } from './local-server.js';
import { findProgram } from './programs.js';

export interface RedisOptions {
  /** Data and `redis.log`. A second start on the same directory finds the data again, and the port. */
  readonly directory: string;
  readonly port?: number;
  /** True: it runs on when this process ends, and the next start adopts it. Otherwise it ends with this process. */
  readonly isKept?: boolean;
}

export interface RunningRedis {
  /** As `REDIS_URL` has it. */
  readonly url: string;
  /** Null where it is not a process of ours: `REDIS_URL` is set, or it runs in a container. */
  readonly pid: number | null;
  readonly how: 'outside' | 'container' | 'started' | 'adopted';
  /** The process that was left on the directory and had to be ended first. */
  readonly ended: number | null;
  /** Fulfilled when the process is gone. */
  readonly gone: Promise<void>;
  stop(): Promise<void>;
}

const never = new Promise<void>(() => undefined);

/**
 * Redis: the one that `REDIS_URL` names; else the system's `redis-server`; else one in a container, where a Docker
 * engine answers; else the one that Maven fetches. It never evicts and appends every change to a file.
 *
 * @throws {PartMissing}
 */
export async function startRedis(options: RedisOptions): Promise<RunningRedis> {
  const outside = environment()['REDIS_URL'];
  if (outside) {
    return { url: outside, pid: null, how: 'outside', ended: null, gone: never, stop: () => Promise.resolve() };
  }
  const program = findProgram('redis-server');
  const container = program === null ? await startRedisContainer() : null;
  if (container) {
    const url = `redis://${container.address}`;
    return { url, pid: null, how: 'container', ended: null, gone: never, stop: container.stop };
  }
  return startLocalRedis(program ?? (await redisProgram()), options);
}

async function startLocalRedis(program: string, options: RedisOptions): Promise<RunningRedis> {
  const directory = resolve(options.directory);
  const data = join(directory, 'redis-data');
  mkdirSync(data, { recursive: true });
  const port = await portOf(directory, options.port);
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: data,
    appendonly: 'yes',
    'maxmemory-policy': 'noeviction',
    'set-proc-title': 'no',
  };
  const server = await runLocalServer({
    name: 'redis',
    directory,
    command: program,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
    isKept: options.isKept ?? false,
    isReady: () => answers(port),
  });
  return { ...server, url: `redis://127.0.0.1:${port}` };
}

async function portOf(directory: string, wanted: number | undefined): Promise<number> {
  const file = join(directory, 'redis-port');
  if (wanted === undefined && existsSync(file)) return Number(readFileSync(file, 'utf8'));
  const port = wanted ?? (await freePort());
  writeFileSync(file, String(port));
  return port;
}

/** Answers a ping, which it does not while it loads its data. */
function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.setTimeout(1_000, () => socket.destroy());
    socket.once('data', (bytes) => {
      done(bytes.toString().startsWith('+PONG'));
      socket.destroy();
    });
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
  });
}

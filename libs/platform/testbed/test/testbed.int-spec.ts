import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { signal, startOf } from '@relance/embedded';
import { startKafka, startRedis } from '@relance/testbed';
import { describePart, eventually } from '@relance/testing';

const here = dirname(fileURLToPath(import.meta.url));
const typescript = join(here, '..', '..', '..', '..', 'tools', 'typescript-source.mjs');

let directory: string;
let children: ChildProcess[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'relance-testbed-'));
  children = [];
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

/** Starts a part in a process of its own. @returns what it said first. */
async function startElsewhere(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<{ child: ChildProcess; said: Record<string, unknown> }> {
  const child = spawn(process.execPath, ['--import', typescript, join(here, 'part-process.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '', ...environment },
  });
  children.push(child);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, said: JSON.parse(line) as Record<string, unknown> };
}

const isAlive = (pid: unknown): boolean => startOf(Number(pid)) !== null;

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function withAdmin<T>(
  brokers: readonly string[],
  work: (admin: ReturnType<Kafka['admin']>) => Promise<T>,
): Promise<T> {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

describePart('kafka', 'a Kafka of our own', () => {
  it('finds its topics again on the same directory and the same port', async () => {
    const first = await startKafka({ directory });
    await withAdmin(first.brokers, (admin) =>
      admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 3 }], waitForLeaders: true }),
    );
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);

    const second = await startKafka({ directory });
    const topics = await withAdmin(second.brokers, (admin) => admin.listTopics());
    await second.stop();
    await second.stop();

    expect(topics).toEqual(['kept']);
    expect(second.brokers).toEqual(first.brokers);
    expect(second.how).toBe('started');
  });

  it('ends with the process that started it, however that ended', async () => {
    const { child, said } = await startElsewhere(['kafka', directory]);
    expect(isAlive(said['pid'])).toBe(true);

    await kill(child);

    await eventually(() => !isAlive(said['pid']));
  });

  it('is adopted by the next start when it was to be kept', async () => {
    const { child, said } = await startElsewhere(['kafka', directory, 'kept']);
    await kill(child);

    const adopted = await startKafka({ directory, isKept: true });

    expect(adopted).toMatchObject({ pid: said['pid'], how: 'adopted', ended: null });
    await adopted.stop();
    expect(isAlive(said['pid'])).toBe(false);
  });
});

describePart('redis', 'a Redis of our own', () => {
  it('keeps what was written, and evicts nothing', async () => {
    const first = await startRedis({ directory });
    const client = new Redis(first.url);
    await client.set('kept', 'yes');
    expect(await client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    client.disconnect();
    await first.stop();

    const second = await startRedis({ directory });
    const again = new Redis(second.url);
    expect(await again.get('kept')).toBe('yes');
    again.disconnect();
    await second.stop();

    expect(second.url).toBe(first.url);
  });

  it('ends with the process that started it, however that ended', async () => {
    const { child, said } = await startElsewhere(['redis', directory]);
    expect(isAlive(said['pid'])).toBe(true);

    await kill(child);

    await eventually(() => !isAlive(said['pid']));
  });

  it('is adopted by the next start when it was to be kept; one that was frozen is ended', async () => {
    const { child, said } = await startElsewhere(['redis', directory, 'kept']);
    await kill(child);
    const adopted = await startRedis({ directory, isKept: true });
    expect(adopted).toMatchObject({ pid: said['pid'], how: 'adopted', ended: null });

    signal(Number(said['pid']), 'SIGSTOP');
    const fresh = await startRedis({ directory, isKept: true });

    expect(fresh).toMatchObject({ how: 'started', ended: said['pid'] });
    expect(isAlive(said['pid'])).toBe(false);
    await fresh.stop();
  });
});

describe('a machine without the programs', () => {
  it.each([
    ['kafka', /no Java 17.*apt-get install openjdk-17-jre-headless maven/],
    ['redis', /Maven \(mvn\) is not on the PATH.*apt-get install openjdk-17-jre-headless maven/],
  ])('says what %s needs and how to get it', async (part, message) => {
    const { said } = await startElsewhere([part, directory], { PATH: '/nowhere', XDG_CACHE_HOME: directory });

    expect(said).toMatchObject({ code: 'testbed.part-missing', missing: expect.stringMatching(message) });
  });
});

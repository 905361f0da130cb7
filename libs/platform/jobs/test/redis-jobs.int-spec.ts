import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { readSection } from '@relance/config';
import { BullJobs, jobsConfig } from '@relance/jobs';
import { createLogger } from '@relance/logging';
import { describePart, eventually } from '@relance/testing';
import { describeJobs } from './conformance.js';
import { startCuttableProxy } from './cuttable-proxy.js';
import type { CuttableProxy } from './cuttable-proxy.js';
import { startRedisServer } from './redis-server.js';
import type { RedisServer } from './redis-server.js';

describePart('redis', 'jobs on Redis', () => {
  describeJobs(async () => {
    const server = await startRedisServer();
    const proxy = await startCuttableProxy(server.url, 6379);
    const config = readSection(jobsConfig, { JOBS_BACKEND: 'redis', REDIS_URL: proxy.url });
    const logger = createLogger({ level: 'silent' });
    return {
      open: () => BullJobs.open(config, { databaseUrl: 'postgres://unused', logger }),
      wipe: () => server.wipe(),
      cut: () => proxy.cut(),
      mend: () => proxy.mend(),
      close: async () => {
        await proxy.close();
        await server.stop();
      },
    };
  });
});

describePart('redis', 'connections to Redis', () => {
  let server: RedisServer;
  let proxy: CuttableProxy;
  let direct: Redis;
  const logger = createLogger({ level: 'silent' });
  const open = (): Promise<BullJobs> =>
    BullJobs.open(readSection(jobsConfig, { JOBS_BACKEND: 'redis', REDIS_URL: proxy.url }), {
      databaseUrl: 'postgres://unused',
      logger,
    });
  const ours = async (): Promise<string[]> =>
    ((await direct.client('LIST')) as string)
      .split('\n')
      .filter((line) => line.includes(' name=relance'))
      .map((line) => line.split(' ')[0] ?? '')
      .sort();

  beforeAll(async () => {
    server = await startRedisServer();
    proxy = await startCuttableProxy(server.url, 6379);
    direct = new Redis(server.url);
  });
  afterAll(async () => {
    direct.disconnect();
    await proxy.close();
    await server.stop();
  });

  it('are two and one for each worker, and stay the same while nothing happens, also after they were lost', async () => {
    const jobs = await open();
    jobs.work('waits for tomorrow', async () => undefined);
    await jobs.schedule('waits for tomorrow', [{ id: '1', runAt: new Date(Date.now() + 86_400_000) }]);
    await eventually(() => jobs.lastCanaryAt);
    await proxy.cut();
    await proxy.mend();
    let seen = '';
    let seenAt = 0;
    const after = await eventually(
      async () => {
        const connections = await ours();
        if (connections.join() !== seen) {
          seen = connections.join();
          seenAt = Date.now();
        }
        return connections.length === 4 && Date.now() - seenAt > 2_000 && connections;
      },
      { withinMs: 40_000 },
    );
    // Longer than the silence after which a connection is given up.
    const end = Date.now() + 11_500;
    await eventually(() => Date.now() > end, { withinMs: 15_000 });
    expect(await ours()).toEqual(after);
    await jobs.close();
    await eventually(async () => (await ours()).length === 0);
  });
});

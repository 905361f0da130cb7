import { describe, expect, it } from '@jest/globals';
import { readSection } from '@relance/config';
import { BullJobs, jobsConfig } from '@relance/jobs';
import { createLogger } from '@relance/logging';
import { eventually, freshDatabase } from '@relance/testing';
import { describeJobs } from './conformance.js';
import { startCuttableProxy } from './cuttable-proxy.js';

describe('jobs on Postgres', () => {
  describeJobs(async () => {
    const database = await freshDatabase([]);
    const proxy = await startCuttableProxy(database.url, 5432);
    const config = readSection(jobsConfig, {});
    const logger = createLogger({ level: 'silent' });
    return {
      open: () => BullJobs.open(config, { databaseUrl: proxy.url, logger }),
      wipe: async () => {
        await database.db.query('truncate jobs.job, jobs.dedup, jobs.dedup_next, jobs.event, jobs.meta cascade');
      },
      cut: () => proxy.cut(),
      mend: () => proxy.mend(),
      close: async () => {
        await proxy.close();
        await database.close();
      },
    };
  });
});

describe('a Postgres that answers and hangs up', () => {
  it('is asked a few times a second, and works again by itself', async () => {
    const database = await freshDatabase([]);
    const proxy = await startCuttableProxy(database.url, 5432);
    const jobs = await BullJobs.open(readSection(jobsConfig, {}), {
      databaseUrl: proxy.url,
      logger: createLogger({ level: 'silent' }),
    });
    const runs: string[] = [];
    jobs.work('busy', async ({ id }) => void runs.push(id));
    await eventually(() => jobs.lastCanaryAt);
    await jobs.schedule('busy', [{ id: 'due meanwhile', runAt: new Date(Date.now() + 500) }]);
    proxy.slam(true);
    const before = proxy.made;
    const end = Date.now() + 3_000;
    await eventually(() => Date.now() > end);
    expect(proxy.made - before).toBeLessThan(120);
    proxy.slam(false);
    await eventually(() => runs.length === 1);
    await jobs.close();
    await proxy.close();
    await database.close();
  });
});

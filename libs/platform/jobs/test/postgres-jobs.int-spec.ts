import { describe } from '@jest/globals';
import { readSection } from '@relance/config';
import { BullJobs, jobsConfig } from '@relance/jobs';
import { createLogger } from '@relance/logging';
import { freshDatabase } from '@relance/testing';
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

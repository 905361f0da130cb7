import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Readers } from '@relance/event-log';
import type { BullJobs } from '@relance/jobs';
import type { Db } from '@relance/postgres';
import { HealthChecks } from './health-checks.js';

/** What the platform itself adds to a process's health: its database, its readers, its jobs. */
export function watchHealth(app: NestFastifyApplication, db: Db, jobs: BullJobs): void {
  const health = app.get(HealthChecks);
  const readers = app.get(Readers);
  health.add('database', async () => {
    try {
      await db.query('select 1');
      return { isReady: true };
    } catch {
      return { isReady: false, why: 'the database does not answer' };
    }
  });
  health.add('readers', () => {
    const stopped = readers.stopped();
    return stopped.length === 0
      ? { isReady: true }
      : {
          isReady: false,
          why: `stopped after too many failures in a row: ${stopped.join(', ')}; see the dead letters`,
        };
  });
  health.add('jobs', () => jobs.isReady());
}

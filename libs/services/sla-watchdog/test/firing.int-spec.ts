import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { SlaBreached, SlaMet } from '@relance/events';
import { HealthChecks } from '@relance/bootstrap';
import { CreateEventLog1763800000000, Readers } from '@relance/event-log';
import { Jobs } from '@relance/jobs';
import { createLogger } from '@relance/logging';
import { eventually, freshDatabase } from '@relance/testing';
import type { TestApp } from '@relance/testing';
import { Sweeper } from '../src/firing/sweeper.js';
import { FireRepository } from '../src/store/fire.repository.js';
import { CreateSla1763800004000 } from '../src/store/migrations/create-sla-1763800004000.js';
import { seedClocks } from './seed-clocks.js';
import { anOwned, assigned, clockIn, clocksOf, contacted, promise, putPolicy, startWatchdog } from './watchdog.js';

describe('firing', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startWatchdog();
    await putPolicy(app, promise({ within: 'PT1S' }));
  });
  afterAll(() => app.close());

  it('is never early, and soon after', async () => {
    const leads = Array.from({ length: 20 }, anOwned);
    for (const lead of leads) await app.announce(assigned(lead));
    for (const lead of leads) await clockIn(app, lead.leadId, 'breached');
    const said = await Promise.all(leads.map(({ leadId }) => app.said(leadId, SlaBreached)));
    const lateness = said.flat().map(({ data }) => data.latenessMs);
    expect(lateness).toHaveLength(leads.length);
    expect(lateness.every((milliseconds) => milliseconds >= 0 && milliseconds < 5_000)).toBe(true);
  });

  it('breaks five thousand promises that are due in the same second, each once', async () => {
    const ids = await seedClocks(app.db, { count: 5_000, dueInMs: 0, spreadMs: 1_000 });
    await eventually(
      async () => {
        const [left] = await app.db.query<{ waiting: number }>(
          `select count(*) as waiting from sla.step where clock_id = any($1::uuid[]) and state = 'waiting'`,
          [ids],
        );
        return left?.waiting === 0;
      },
      { withinMs: 20_000, everyMs: 100 },
    );
    const [told] = await app.db.query<{ events: number; leads: number }>(
      `select count(*) as events, count(distinct key) as leads from event_log.event
       where type = 'sla.breached' and key = any($1::text[])`,
      [ids],
    );
    expect(told).toEqual({ events: 5_000, leads: 5_000 });
  });

  it('is on time where no alarm rings: a nearer step wakes who looks', async () => {
    await putPolicy(app, promise({ within: 'PT0.2S' }));
    const silence = jest.spyOn(app.app.get(Jobs), 'schedule').mockResolvedValue();
    try {
      for (const lead of Array.from({ length: 5 }, anOwned)) {
        await app.announce(assigned(lead));
        await clockIn(app, lead.leadId, 'breached');
        const [breached] = await app.said(lead.leadId, SlaBreached);
        expect(breached?.data.latenessMs).toBeLessThan(100);
      }
    } finally {
      silence.mockRestore();
      await putPolicy(app, promise({ within: 'PT1S' }));
    }
  });

  it('is rung by an alarm where nobody looks', async () => {
    const lead = anOwned();
    await app.announce(assigned(lead));
    await clockIn(app, lead.leadId, 'open');
    await app.app.get(Sweeper).onModuleDestroy();
    try {
      await clockIn(app, lead.leadId, 'breached');
    } finally {
      resume(app.app.get(Sweeper));
    }
  });

  it('proves to itself that alarms ring, and arms them anew when they are lost', async () => {
    const fires = app.app.get(FireRepository);
    const before = (await fires.outlook()).sentinelRangAt?.getTime() ?? 0;
    await eventually(async () => ((await fires.outlook()).sentinelRangAt?.getTime() ?? 0) > before);

    await putPolicy(app, promise({ within: 'PT5M' }));
    await app.announce(assigned(anOwned()));
    const armed = async (): Promise<boolean> =>
      (await app.db.query(`select from jobs.job where queue = 'sla.fire' and dedup_id like 'at-%' limit 1`)).length > 0;
    await eventually(armed);
    await app.db.query('truncate jobs.job, jobs.dedup, jobs.dedup_next cascade');
    expect(await armed()).toBe(false);
    await eventually(armed, { withinMs: 13_000 });
    await putPolicy(app, promise({ within: 'PT1S' }));
  });
});

describe('an answer that was recorded in time', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startWatchdog();
    await putPolicy(app, promise({ within: 'PT1S' }));
  });
  afterAll(() => app.close());

  it('is never escalated, however far behind the watchdog is; others are, on time', async () => {
    const spoken = anOwned();
    const silent = anOwned();
    await app.announce(assigned(spoken), assigned(silent));
    await clockIn(app, spoken.leadId, 'open');
    await clockIn(app, silent.leadId, 'open');
    await app.app.get(Readers).close();
    await app.announce(contacted(spoken));
    await clockIn(app, silent.leadId, 'breached');
    const [left] = await app.db.query<{ dueFor: number }>(
      `select extract(epoch from clock_timestamp() - due_at)::float8 as "dueFor" from sla.clock where lead_id = $1`,
      [spoken.leadId],
    );
    expect(left?.dueFor).toBeGreaterThan(0);
    expect((await clocksOf(app, spoken.leadId)).map(({ state }) => state)).toEqual(['open']);
    expect(await app.said(spoken.leadId, SlaBreached)).toEqual([]);
    expect(await app.said(spoken.leadId, SlaMet)).toEqual([]);
  });
});
describe('a watchdog that cannot look', () => {
  it('is not ready after ten seconds, and says why', async () => {
    const database = await freshDatabase([CreateEventLog1763800000000, CreateSla1763800004000]);
    const health = new HealthChecks();
    const sweeper = new Sweeper(
      null as never,
      new FireRepository(database.db),
      health,
      createLogger({ level: 'silent' }),
    );
    sweeper.onApplicationBootstrap();
    expect((await health.run()).isReady).toBe(true);
    await database.close();
    const verdict = await eventually(async () => (await health.run()).checks['sla-watchdog']?.why, {
      withinMs: 14_000,
      everyMs: 200,
    });
    expect(verdict).toMatch(/^promises could not be watched for \d+ s$/);
    await sweeper.onModuleDestroy();
  });
});

function resume(sweeper: Sweeper): void {
  Object.assign(sweeper, { isStopping: false });
  sweeper.onApplicationBootstrap();
}

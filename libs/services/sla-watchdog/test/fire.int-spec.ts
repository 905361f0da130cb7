import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { CreateEventLog1763800000000 } from '@relance/event-log';
import { newId } from '@relance/events';
import { eventually, freshDatabase } from '@relance/testing';
import type { FreshDatabase } from '@relance/testing';
import { FireRepository } from '../src/store/fire.repository.js';
import { CreateSla1763800004000 } from '../src/store/migrations/create-sla-1763800004000.js';
import { seedClocks } from './seed-clocks.js';

/** How often each clock was broken, by its ledger. */
const breachesOf = async ({ db }: FreshDatabase, ids: readonly string[]): Promise<number[]> => {
  const rows = await db.query<{ breaches: number }>(
    `select count(ledger.seq) as breaches from unnest($1::uuid[]) as asked(id)
     left join sla.ledger on ledger.clock_id = asked.id and ledger.kind = 'breached' group by asked.id`,
    [ids],
  );
  return rows.map(({ breaches }) => breaches);
};

/** Puts a fact into the log as another service would, and answers with its id. */
async function say({ db }: FreshDatabase, type: string, key: string): Promise<string> {
  const id = newId();
  await db.query(
    `insert into event_log.event (topic, key, type, id, envelope, appended_at)
     values ('relance.leads', $1, $2, $3, '{}', clock_timestamp())`,
    [key, type, id],
  );
  return id;
}

const hear = ({ db }: FreshDatabase, eventId: string): Promise<unknown> =>
  db.query(`insert into event_log.inbox (group_name, event_id, position) values ('sla-watchdog', $1, 1)`, [eventId]);

describe('sla.fire', () => {
  let database: FreshDatabase;
  let fires: FireRepository;
  beforeAll(async () => {
    database = await freshDatabase([CreateEventLog1763800000000, CreateSla1763800004000]);
    fires = new FireRepository(database.db);
  });
  afterAll(() => database.close());

  const fireOnce = (): Promise<string[]> =>
    database.db.transaction(async (tx) => (await fires.fire(tx, 200)).map(({ id }) => id));

  /** A pass as every process runs it: until nothing is left to it. */
  async function fireAll(): Promise<string[]> {
    const fired: string[] = [];
    for (let batch = await fireOnce(); batch.length > 0; batch = await fireOnce()) fired.push(...batch);
    return fired;
  }

  it('breaks what is due, by the clock of the database, and says how late', async () => {
    const [late] = await seedClocks(database.db, { count: 1, dueInMs: -1_000 });
    const [early] = await seedClocks(database.db, { count: 1, dueInMs: 60_000 });
    expect(await fireAll()).toEqual([late]);
    const rows = await database.db.query(
      'select id, state, lateness_ms as "latenessMs" from sla.clock where id = any($1::uuid[]) order by due_at',
      [[late ?? '', early ?? '']],
    );
    expect(rows).toEqual([
      { id: late, state: 'breached', latenessMs: expect.any(Number) },
      { id: early, state: 'open', latenessMs: null },
    ]);
    expect((rows[0] as { latenessMs: number }).latenessMs).toBeGreaterThanOrEqual(1_000);
  });

  it('fires each step once, however many passes run at a time, and one that is killed', async () => {
    const ids = await seedClocks(database.db, { count: 1_500, dueInMs: -10 });
    const victim = new pg.Client({ connectionString: database.url });
    await victim.connect();
    await victim.query('begin');
    expect((await victim.query('select clock_id from sla.fire(200)')).rowCount).toBe(200);

    const passes = Promise.all([fireAll(), fireAll(), fireAll(), fireAll()]);
    await victim.end();
    const fired = (await passes).flat();
    expect(new Set(fired).size).toBe(fired.length);
    expect(new Set([...fired, ...(await fireAll())])).toEqual(new Set(ids));
    expect(await breachesOf(database, ids)).toEqual(ids.map(() => 1));
  });

  it('does not wait for a clock that somebody else works on, and fires the others', async () => {
    const [held, free] = await seedClocks(database.db, { count: 2, dueInMs: -10 });
    await database.db.transaction(async (tx) => {
      await tx.query('select from sla.clock where id = $1 for update', [held ?? '']);
      expect(await fireOnce()).toEqual([free]);
    });
    expect(await fireAll()).toEqual([held]);
  });

  it.each(['lead.contacted', 'lead.stage-changed', 'lead.assigned', 'lead.merged', 'lead.erased'])(
    'leaves a lead alone while the log holds a %s that was not heard, and fires the others',
    async (type) => {
      const [leadWithNews, other] = await seedClocks(database.db, { count: 2, dueInMs: -10 });
      const news = await say(database, type, leadWithNews ?? '');
      expect(await fireAll()).toEqual([other]);
      await hear(database, news);
      expect(await fireAll()).toEqual([leadWithNews]);
    },
  );

  it('leaves a lead alone while there is news of the lead it was merged with', async () => {
    const [lead] = await seedClocks(database.db, { count: 1, dueInMs: -10 });
    const kin = newId();
    await database.db.query('insert into sla.kinship (lead_id, kin_id) values ($1, $2)', [lead ?? '', kin]);
    const news = await say(database, 'lead.contacted', kin);
    expect(await fireAll()).toEqual([]);
    await hear(database, news);
    expect(await fireAll()).toEqual([lead]);
  });

  it('is not held up by what was said before the promise, or by what changes nothing', async () => {
    const [lead] = await seedClocks(database.db, { count: 1, dueInMs: -10 });
    await say(database, 'lead.contacted', lead ?? '');
    await say(database, 'lead.told', lead ?? '');
    await database.db.query(
      `update sla.clock set started_position = (select max(position) from event_log.event where type = 'lead.contacted')
       where id = $1`,
      [lead ?? ''],
    );
    expect(await fireAll()).toEqual([lead]);
  });

  it('waits for a contact that is being appended, and then leaves the lead alone', async () => {
    const [lead] = await seedClocks(database.db, { count: 1, dueInMs: -10 });
    let pass: Promise<string[]> = Promise.resolve([]);
    await database.db.transaction(async (tx) => {
      await tx.query('select event_log.take_lock()');
      await tx.execute(
        `insert into event_log.event (topic, key, type, id, envelope, appended_at)
         values ('relance.leads', $1, 'lead.contacted', gen_random_uuid(), '{}', clock_timestamp())`,
        [lead ?? ''],
      );
      pass = fireAll();
      await eventually(async () => {
        const waiting = await database.db.query(`select from pg_locks where locktype = 'advisory' and not granted`);
        return waiting.length > 0;
      });
    });
    expect(await pass).toEqual([]);
    await database.db.query(
      `insert into event_log.inbox select 'sla-watchdog', id, position from event_log.event on conflict do nothing`,
    );
    expect(await fireAll()).toEqual([lead]);
  });

  it('fires neither what is paused, nor met, nor stopped', async () => {
    const ids = await seedClocks(database.db, { count: 3, dueInMs: -10 });
    await database.db.query(
      `update sla.clock set state = asked.state
       from unnest($1::uuid[], array['paused', 'met', 'stopped']) as asked(id, state) where clock.id = asked.id`,
      [ids],
    );
    expect(await fireAll()).toEqual([]);
  });

  it('takes the log no lock where nothing is due', async () => {
    await database.db.transaction(async (tx) => {
      await tx.query('select event_log.take_lock()');
      expect(await fireOnce()).toEqual([]);
    });
  });

  it('finds what is due among a hundred thousand by the index alone', async () => {
    await seedClocks(database.db, { count: 100_000, dueInMs: 3_600_000, spreadMs: 3_600_000 });
    await database.db.query(
      `with said as (
         insert into event_log.event (topic, key, type, id, envelope, appended_at)
         select 'relance.leads', gen_random_uuid(), 'lead.contacted', gen_random_uuid(), '{}', clock_timestamp()
         from generate_series(1, 50000) returning id, position)
       insert into event_log.inbox select 'sla-watchdog', id, position from said`,
    );
    await database.db.query('analyze');
    const due = await seedClocks(database.db, { count: 150, dueInMs: -10 });
    const touched = await database.db.transaction(async (tx) => {
      expect(await fires.fire(tx, 200)).toHaveLength(due.length);
      return tx.query<{ name: string; scanned: number; fetched: number }>(
        `select relname as name, seq_tup_read as scanned, idx_tup_fetch as fetched
         from pg_stat_xact_user_tables where schemaname in ('sla', 'event_log')`,
      );
    });
    expect(touched.filter(({ scanned }) => scanned > 0)).toEqual([]);
    expect(Math.max(...touched.map(({ fetched }) => fetched ?? 0))).toBeLessThan(2_000);
  });
});

import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { formBody, percentiles, post } from '../lib/load.mjs';
import { startPostgres } from '../lib/postgres.mjs';
import { promise, startProduct } from '../lib/product.mjs';

const pending = 100_000;
const spread = 1_000;
const atOnce = 20_000;

/** Copies the one real clock, under new ids: `due` gives each copy's due time from its number. */
const copyClock = (due) => `
  with first as materialized (select id from sla.clock order by started_at limit 1),
  copies as materialized (
    select gen_random_uuid() as id, gen_random_uuid() as lead_id, ${due} as due_at from generate_series(1, $1::int) as n
  ), clocks as (
    insert into sla.clock
    select (jsonb_populate_record(clock, jsonb_build_object('id', copies.id, 'lead_id', copies.lead_id, 'assignment_id', gen_random_uuid(), 'due_at', copies.due_at))).*
    from copies, sla.clock join first on first.id = clock.id
  )
  insert into sla.step
  select (jsonb_populate_record(step, jsonb_build_object('clock_id', copies.id, 'due_at', copies.due_at))).*
  from copies, sla.step join first on first.id = step.clock_id`;

/** How late escalations are while 100 000 promises run, and how long 20 000 that fall due in the same second take. */
export async function escalation({ rounds }) {
  const late = [];
  const all = [];
  for (let round = 0; round < rounds; round++) {
    const postgres = await startPostgres();
    const product = await startProduct({ env: { DATABASE_URL: postgres.url } });
    const sql = new pg.Client({ connectionString: postgres.url });
    await sql.connect();
    try {
      await product.organise(promise('P7D'));
      await post(undefined, { port: product.port, path: '/in/forms/site' }, formBody());
      await product.settled();
      await sql.query(copyClock("clock_timestamp() + interval '3 days' + n * interval '1 second'"), [pending]);
      await sql.query('analyze sla.clock, sla.step');

      await sql.query(copyClock("clock_timestamp() + interval '3 seconds' + n * interval '10 milliseconds'"), [spread]);
      late.push(percentiles(await firedLateness(sql, spread)).p99);

      const { rows } = await sql.query("select clock_timestamp() + interval '10 seconds' as due");
      await sql.query(copyClock(`'${rows[0].due.toISOString()}'::timestamptz`), [atOnce]);
      await firedLateness(sql, spread + atOnce);
      const fired = await sql.query(
        'select extract(epoch from max(breached_at) - $1::timestamptz) as seconds from sla.clock',
        [rows[0].due],
      );
      all.push(Number(fired.rows[0].seconds));
    } finally {
      await sql.end();
      await product.stop();
      await postgres.stop();
    }
  }
  return [
    { what: 'escalation lateness, 100 000 clocks pending, p99', unit: 'ms', values: late, target: { atMost: 250 } },
    { what: '20 000 due in the same second, all fired', unit: 's', values: all, target: { atMost: 5 } },
  ];
}

/** Waits until so many clocks have fired. @returns their lateness in milliseconds. */
async function firedLateness(sql, count) {
  for (;;) {
    const { rows } = await sql.query("select lateness_ms::int as late from sla.clock where state = 'breached'");
    if (rows.length >= count) return rows.map(({ late }) => late);
    await pause(200);
  }
}

// What bare means for the readers: four hops (received → scored → assigned → clocked) of batched transactions, each with
// its inbox, one row of state and one announcement per event. node bare-pipeline.mjs <database url> <events>
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

const [, , url, amount] = process.argv;
const events = Number(amount);
const chunk = 500;
const hops = ['received', 'scored', 'assigned', 'clocked', 'done'];
const pool = new pg.Pool({ connectionString: url, max: 6 });
await pool.query(`
  create table log (position bigint generated always as identity primary key, topic text, key text, envelope jsonb, appended_at timestamptz default now());
  create table inbox (reader text, id uuid, primary key (reader, id));
  create table reader (name text primary key, position bigint)`);
for (const hop of hops.slice(1)) {
  await pool.query(`create table state_${hop} (lead text primary key, revision int, data jsonb)`);
  await pool.query('insert into reader values ($1, 0)', [hop]);
}

const append = `
  insert into log (topic, key, envelope)
  select $1, said.key, said.envelope from (select pg_advisory_xact_lock(42)) as in_commit_order, unnest($2::text[], $3::jsonb[]) as said(key, envelope)`;

async function feed() {
  for (let n = 0; n < events; n += 250) {
    const ids = Array.from({ length: 250 }, () => randomUUID());
    const envelopes = ids.map((leadId) =>
      JSON.stringify({
        id: randomUUID(),
        type: 'received',
        data: { leadId, person: { fullName: 'Ada Lovelace', email: 'ada@example.org' } },
      }),
    );
    await pool.query({ name: 'append', text: append, values: ['received', ids, envelopes] });
  }
}

async function hop(from, to) {
  const client = await pool.connect();
  let seen = 0;
  while (seen < events) {
    await client.query('begin');
    const cursor = (
      await client.query({
        name: 'cursor',
        text: 'select position from reader where name = $1 for update',
        values: [to],
      })
    ).rows[0].position;
    const { rows } = await client.query({
      name: 'read',
      text: `select position, key, envelope from log where position > $1 and topic = $2 order by position limit ${chunk}`,
      values: [cursor, from],
    });
    if (rows.length === 0) {
      await client.query('commit');
      await pause(5);
      continue;
    }
    const fresh = await client.query({
      name: 'inbox',
      text: 'insert into inbox select $1, * from unnest($2::uuid[]) on conflict do nothing returning id',
      values: [to, rows.map((row) => row.envelope.id)],
    });
    const ids = new Set(fresh.rows.map((row) => row.id));
    const news = rows.filter((row) => ids.has(row.envelope.id));
    const keys = news.map((row) => row.key);
    await client.query({
      name: 'state',
      text: `insert into state_${to} as kept select key, 1, data from unnest($1::text[], $2::jsonb[]) as said(key, data)
             on conflict (lead) do update set revision = kept.revision + 1, data = excluded.data`,
      values: [keys, news.map((row) => JSON.stringify(row.envelope.data))],
    });
    await client.query({
      name: 'move',
      text: 'update reader set position = $2 where name = $1',
      values: [to, rows.at(-1).position],
    });
    await client.query({
      name: 'append',
      text: append,
      values: [to, keys, news.map((row) => JSON.stringify({ ...row.envelope, id: randomUUID(), type: to }))],
    });
    await client.query('commit');
    seen += news.length;
  }
  client.release();
}

const from = performance.now();
await Promise.all([feed(), ...hops.slice(0, -1).map((name, i) => hop(name, hops[i + 1]))]);
const seconds = (performance.now() - from) / 1000;
await pool.end();
process.stdout.write(`${JSON.stringify({ perSecond: events / seconds })}\n`);

// What bare means for intake: Fastify, group commit, a submission and its event in one statement, the answer after COMMIT.
// node bare-intake.mjs <database url> group|single
import { randomUUID } from 'node:crypto';
import fastify from 'fastify';
import pg from 'pg';

const [, , url, mode] = process.argv;
const largestBatch = mode === 'single' ? 1 : 256;
const inFlight = mode === 'single' ? 16 : 2;
const pool = new pg.Pool({ connectionString: url, max: inFlight });
await pool.query(`
  create table if not exists submission (id uuid primary key, body jsonb, at timestamptz default now());
  create table if not exists event (position bigint generated always as identity primary key, topic text, key text, envelope jsonb, appended_at timestamptz default now())`);

const insert = `
  with kept as (insert into submission (id, body) select * from unnest($1::uuid[], $2::jsonb[]))
  insert into event (topic, key, envelope)
  select 'leads', said.key, said.envelope from (select pg_advisory_xact_lock(42)) as in_commit_order, unnest($3::text[], $4::jsonb[]) as said(key, envelope)`;

const waiting = [];
let busy = 0;

async function flush() {
  if (busy >= inFlight || waiting.length === 0) return;
  busy++;
  const batch = waiting.splice(0, largestBatch);
  try {
    const ids = batch.map((form) => form.id);
    await pool.query({
      name: 'insert',
      text: insert,
      values: [ids, batch.map((form) => form.body), ids, batch.map((form) => form.event)],
    });
    for (const form of batch) form.done();
  } finally {
    busy--;
    void flush();
  }
}

const app = fastify();
app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
  done(null, Object.fromEntries(new URLSearchParams(body))),
);
app.post('/in', async (request, reply) => {
  const id = randomUUID();
  await new Promise((done) => {
    const event = JSON.stringify({ id, type: 'lead.received', data: request.body, time: new Date() });
    waiting.push({ id, body: JSON.stringify(request.body), event, done });
    void flush();
  });
  reply.code(202);
  return { submissionId: id, leadId: id, status: 'accepted' };
});
await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`ready http://127.0.0.1:${app.server.address().port}\n`);
process.on('SIGTERM', () => process.exit(0));

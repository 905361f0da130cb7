import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { CreateEventLog1763800000000 } from '@relance/event-log';
import { freshDatabase } from '@relance/testing';
import type { FreshDatabase } from '@relance/testing';

/** Why the log takes a lock: the same trial without it and with it. */
const writers = 12;
const each = 300;

let database: FreshDatabase;

beforeAll(async () => {
  database = await freshDatabase([CreateEventLog1763800000000]);
  await database.db.query(
    'create table public.plain (position bigint generated always as identity primary key, n int)',
  );
});

afterAll(() => database.close());

/** Writes from twelve connections while a reader follows by a cursor on the positions. @returns how many rows it never saw. */
async function rowsLost(table: 'plain' | 'locked', insert: string): Promise<number> {
  await database.db.query(`create table public.${table}_seen (position bigint)`);
  const clients = await Promise.all(
    Array.from({ length: writers + 1 }, async () => {
      const client = new pg.Client({ connectionString: database.url });
      await client.connect();
      return client;
    }),
  );
  const [reader, ...writing] = clients;
  let isWriting = true;
  let cursor = 0;
  let seen = 0;
  const follow = async (): Promise<void> => {
    const { rows } = (await reader?.query<{ position: string }>(
      'select position from public.plain where position > $1 order by position',
      [cursor],
    )) ?? { rows: [] };
    seen += rows.length;
    cursor = Number(rows.at(-1)?.position ?? cursor);
  };
  const before = await database.db.query<{ last: number }>(
    'select coalesce(max(position), 0) as last from public.plain',
  );
  cursor = before[0]?.last ?? 0;
  const following = (async () => {
    while (isWriting) await follow();
    await follow();
  })();
  await Promise.all(
    writing.map(async (client, writer) => {
      for (let i = 0; i < each; i++) {
        await client.query('begin');
        await client.query(insert, [writer * each + i]);
        await client.query('commit');
      }
    }),
  );
  isWriting = false;
  await following;
  await Promise.all(clients.map((client) => client.end()));
  return writers * each - seen;
}

it('a cursor on a plain sequence loses rows whose transaction commits late', async () => {
  expect(await rowsLost('plain', 'insert into public.plain (n) values ($1)')).toBeGreaterThan(0);
});

it("under the log's lock it loses none", async () => {
  expect(
    await rowsLost(
      'locked',
      'with locked as materialized (select event_log.take_lock()) insert into public.plain (n) select $1::int from locked',
    ),
  ).toBe(0);
});

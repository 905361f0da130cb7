import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { freshDatabase } from '@relance/testing';
import type { FreshDatabase } from '@relance/testing';

let database: FreshDatabase;

beforeAll(async () => {
  database = await freshDatabase([]);
});

afterAll(() => database.close());

/** What Postgres reads of an array that was given to it. */
async function read(elements: readonly (string | null)[]): Promise<unknown> {
  const [row] = await database.db.query<{ elements: unknown }>('select to_json($1::text[]) as elements', [elements]);
  return row?.elements;
}

it.each([
  [[]],
  [['']],
  [['null', 'NULL', null]],
  [['a,b', '{c}', '"quoted"', 'back\\slash', '\\"', ' spaces ', 'line\nbreak', "it's", '$1', '€ é 漢 😀']],
])('a list of text arrives as it was sent: %j', async (elements) => {
  expect(await read(elements)).toEqual(elements);
});

it('any text arrives as it was sent', async () => {
  const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\u0000') && value.isWellFormed());
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(text)), async (elements) => {
      expect(await read(elements)).toEqual(elements);
    }),
    { numRuns: 200 },
  );
});

it('numbers, truth and instants arrive too', async () => {
  const at = new Date('2026-11-20T10:00:00.123Z');
  const [row] = await database.db.query(
    'select $1::bigint[] as n, $2::boolean[] as b, $3::timestamptz[] as t, $4::float8[] as f',
    [
      [1, 9_007_199_254_740_991, null],
      [true, false],
      [at, null],
      [0.1, -1e21, 0],
    ],
  );
  expect(row).toEqual({ n: ['1', '9007199254740991', null], b: [true, false], t: [at, null], f: [0.1, -1e21, 0] });
});

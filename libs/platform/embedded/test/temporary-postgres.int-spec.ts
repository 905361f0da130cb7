import { existsSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTemporaryPostgres, type TemporaryPostgres } from '@relance/embedded';
import { Client } from 'pg';

describe('a temporary Postgres', () => {
  let server: TemporaryPostgres;
  let directory: string;

  beforeAll(async () => {
    server = await startTemporaryPostgres();
  });

  afterAll(async () => {
    await server.stop();
  });

  it('lets its URL create databases', async () => {
    const client = new Client({ connectionString: server.url });
    await client.connect();
    await client.query('create database mine');
    const { rows } = await client.query<{ encoding: string; directory: string }>(
      `select pg_encoding_to_char(encoding) as encoding, current_setting('data_directory') as directory from pg_database where datname = 'mine'`,
    );
    await client.end();
    expect(rows[0]?.encoding).toBe('UTF8');
    directory = rows[0]?.directory ?? '';
    expect(existsSync(directory)).toBe(true);
  });

  it('leaves nothing behind when it is stopped, also when stopped twice', async () => {
    await server.stop();
    await server.stop();
    expect(existsSync(directory)).toBe(false);
  });

  it('is what the run of the integration tests uses', async () => {
    const client = new Client({ connectionString: process.env['TEST_DATABASE_URL'] });
    await client.connect();
    await expect(client.query('select 1')).resolves.toMatchObject({ rowCount: 1 });
    await client.end();
  });
});

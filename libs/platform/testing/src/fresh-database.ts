import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { createLogger } from '@relance/logging';
import { Db, migrate } from '@relance/postgres';
import type { Migrations, Rows } from '@relance/postgres';

/** A database of a test's own on the real Postgres that the run started. */
export interface FreshDatabase {
  readonly url: string;
  readonly db: Db;
  close(): Promise<void>;
}

/** A migrated database with nothing in it. Dropped by `close`. */
export async function freshDatabase(migrations: Migrations, rows: Rows = []): Promise<FreshDatabase> {
  const server = process.env['TEST_DATABASE_URL'];
  if (server === undefined)
    throw new Error('TEST_DATABASE_URL is not set: run this test in the integration project, which starts a Postgres');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const logger = createLogger({ level: 'silent' });
  await migrate(url.href, migrations, logger);
  const db = await Db.connect({ url: url.href, applicationName: 'relance-test', poolSize: 12, rows }, logger);
  return {
    url: url.href,
    db,
    close: async () => {
      await db.close();
      await onServer(server, `drop database ${name} with (force)`);
    },
  };
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

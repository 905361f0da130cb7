import { DataSource } from 'typeorm';
import type { MigrationInterface } from 'typeorm';
import type { Logger } from '@relance/logging';

/** Classes of migrations, named `<Sentence><13-digit time>` as TypeORM asks. */
export type Migrations = readonly (new () => MigrationInterface)[];

/** `relance` in ASCII: the advisory lock that keeps two migrations apart. */
const migrationLock = 0x72656c61;

/**
 * Brings a database up to date. Two at once: the second waits, then finds nothing to do.
 * Each migration is a transaction of its own.
 *
 * @returns the names of those that ran.
 */
export async function migrate(url: string, migrations: Migrations, logger: Logger): Promise<string[]> {
  const source = new DataSource({
    type: 'postgres',
    url,
    applicationName: 'relance-migrate',
    poolSize: 2,
    connectTimeoutMS: 5_000,
    migrations: [...migrations],
    migrationsTableName: 'relance_migration',
    extra: { options: '-c client_min_messages=warning -c timezone=UTC' },
  });
  await source.initialize();
  const holder = source.createQueryRunner();
  try {
    await holder.query('select pg_advisory_lock($1)', [migrationLock]);
    const ran = await source.runMigrations({ transaction: 'each' });
    if (ran.length > 0) logger.info('migrated', { migrations: ran.map((migration) => migration.name) });
    return ran.map((migration) => migration.name);
  } finally {
    await holder.release();
    await source.destroy();
  }
}

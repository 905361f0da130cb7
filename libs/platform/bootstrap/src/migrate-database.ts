import { environment, readConfig } from '@relance/config';
import type { ConfigOf } from '@relance/config';
import { AppError } from '@relance/errors';
import { createLogger } from '@relance/logging';
import { migrate } from '@relance/postgres';
import { relanceConfig, runOnce } from '@relance/process';
import { migrationsOf, sectionsOf } from './platform-parts.js';
import type { Services } from './service-parts.js';

/** The database to bring up to date is not named. The embedded one is brought up to date by every start. */
class DatabaseNotNamed extends AppError {
  readonly code = 'database.not-named';
  readonly kind = 'invalid';

  constructor() {
    super(
      'Set DATABASE_URL to the Postgres to bring up to date. The embedded one needs no such step: every start does it.',
    );
  }
}

/** Brings the Postgres of `DATABASE_URL` up to date and ends the process: 0 when it is, 1 with a sentence when not. */
export async function migrateDatabase(services: Services): Promise<void> {
  await runOnce(async () => {
    const config = readConfig(sectionsOf(services), environment()).get(relanceConfig.token) as ConfigOf<
      typeof relanceConfig
    >;
    if (config.DATABASE_URL === undefined) throw new DatabaseNotNamed();
    const ran = await migrate(config.DATABASE_URL, migrationsOf(services), createLogger({ level: config.LOG_LEVEL }));
    return ran.length === 0 ? 'The database is up to date already.' : `Migrated: ${ran.join(', ')}`;
  });
}

import { environment } from '@relance/config';
import { migrate } from '@relance/postgres';
import { runOnce } from '@relance/process';
import { openApp } from './open-app.js';
import { migrationsOf } from './platform-parts.js';
import { seedStarters } from './seed-starters.js';
import type { Services } from './service-parts.js';
import { serviceSettings } from './service-settings.js';

/**
 * Makes an installation of many processes ready for them, once, before any of them: brings the database up to date and
 * makes the starter organisation. Everything that is there already stays. Two at once: the second waits.
 */
export async function setUp(services: Services): Promise<void> {
  await runOnce(async () => {
    await using opened = new AsyncDisposableStack();
    const settings = serviceSettings('The set-up', services, environment());
    const migrated = await migrate(settings.databaseUrl, migrationsOf(services), settings.logger);
    const { app, db } = await openApp(services, settings, opened);
    await seedStarters(app, db, services);
    return migrated.length === 0 ? 'The installation was set up already.' : `Set up: ${migrated.join(', ')}`;
  });
}

import { environment } from '@relance/config';
import type { ConfigOf } from '@relance/config';
import { createTopics, eventLogConfig } from '@relance/event-log';
import { migrate } from '@relance/postgres';
import { runOnce } from '@relance/process';
import { openApp } from './open-app.js';
import { migrationsOf } from './platform-parts.js';
import { seedStarters } from './seed-starters.js';
import type { Services } from './service-parts.js';
import { serviceSettings } from './service-settings.js';

/**
 * Makes an installation of many processes ready for them, once, before any of them: brings the database up to date,
 * makes Kafka's topics, and the starter organisation. What is there already stays. Two at once: the second waits.
 */
export async function setUp(services: Services): Promise<void> {
  await runOnce(async () => {
    await using opened = new AsyncDisposableStack();
    const settings = serviceSettings('The set-up', services, environment());
    const migrated = await migrate(settings.databaseUrl, migrationsOf(services), settings.logger);
    const { EVENT_LOG_TRANSPORT, KAFKA_BROKERS } = settings.config.get(eventLogConfig.token) as ConfigOf<
      typeof eventLogConfig
    >;
    if (EVENT_LOG_TRANSPORT === 'kafka') await createTopics(KAFKA_BROKERS, settings.logger);
    const { app, db } = await openApp(services, settings, opened);
    await seedStarters(app, db, services);
    return migrated.length === 0 ? 'The installation was set up already.' : `Set up: ${migrated.join(', ')}`;
  });
}

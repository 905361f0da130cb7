import { environment, readConfig } from '@relance/config';
import type { ConfigOf } from '@relance/config';
import { DataDirectory, EmbeddedPostgres, ProcessesFile } from '@relance/embedded';
import { createLogger } from '@relance/logging';
import { migrate } from '@relance/postgres';
import { Running, relanceConfig, runProcess } from '@relance/process';
import { openApp } from './open-app.js';
import { migrationsOf, sectionsOf } from './platform-parts.js';
import type { ProcessSettings } from './process-settings.js';
import { seedStarters } from './seed-starters.js';
import { serve } from './serve.js';
import type { Services } from './service-parts.js';

/**
 * Starts an installation as one process: it owns its data directory, brings its Postgres unless there is one, brings the
 * database up to date, makes the starter organisation, and runs until it is told to stop.
 */
export async function startServices(services: Services): Promise<void> {
  await runProcess((giveUp) => Running.start((opened) => open(services, giveUp, opened)));
}

/** @throws {StartRefused} {CannotListen} {ConfigInvalid} */
async function open(services: Services, giveUp: AbortSignal, opened: AsyncDisposableStack): Promise<string> {
  const { settings, processes } = await openInstallation(services, giveUp, opened);
  await migrate(settings.databaseUrl, migrationsOf(services), settings.logger);
  const application = await openApp(services, settings, opened);
  await seedStarters(application.app, application.db, services);
  const origin = await serve(services, application, settings, opened);
  processes.set('relance', { pid: process.pid, address: new URL(origin).host });
  opened.defer(() => processes.remove('relance'));
  return origin;
}

async function openInstallation(
  services: Services,
  giveUp: AbortSignal,
  opened: AsyncDisposableStack,
): Promise<{ settings: ProcessSettings; processes: ProcessesFile }> {
  const given = environment();
  const sections = sectionsOf(services);
  const stated = readConfig(sections, given).get(relanceConfig.token) as ConfigOf<typeof relanceConfig>;
  const logger = createLogger({ level: stated.LOG_LEVEL });

  const directory = DataDirectory.open(stated.RELANCE_DATA_DIR);
  opened.defer(() => directory.release());
  const processes = new ProcessesFile(directory.path);
  const administratorToken = directory.adminToken(stated.RELANCE_ADMIN_TOKEN);
  const secretsKey = directory.secretsKey(stated.SECRETS_KEY);

  let databaseUrl = stated.DATABASE_URL;
  if (databaseUrl === undefined) {
    const postgres = await EmbeddedPostgres.start({
      directory: directory.path,
      log: logger,
      giveUp,
      onChange: (server) => (server ? processes.set('postgres', server) : processes.remove('postgres')),
    });
    opened.defer(() => postgres.stop());
    databaseUrl = postgres.databaseUrl();
  }
  const config = readConfig(sections, {
    ...given,
    DATABASE_URL: databaseUrl,
    RELANCE_DATA_DIR: directory.path,
    RELANCE_ADMIN_TOKEN: administratorToken,
    SECRETS_KEY: secretsKey,
  });
  return {
    settings: { stated, config, databaseUrl, dataDirectory: directory.path, administratorToken, logger },
    processes,
  };
}

import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ConfigOf } from '@relance/config';
import { BullJobs, jobsConfig } from '@relance/jobs';
import { Webhooks, createMailer, notifyConfig } from '@relance/notify';
import { Db } from '@relance/postgres';
import { closeApp } from './close-app.js';
import { createApp } from './create-app.js';
import { Installation } from './installation.js';
import type { ProcessSettings } from './process-settings.js';
import type { Services } from './service-parts.js';
import { watchHealth } from './watch-health.js';

/** Opens what services stand on, and puts them together into an application that does not read or listen yet. */
export async function openApp(
  services: Services,
  settings: ProcessSettings,
  opened: AsyncDisposableStack,
): Promise<{ app: NestFastifyApplication; db: Db }> {
  const { stated, config, logger } = settings;
  const db = await Db.connect(
    {
      url: settings.databaseUrl,
      applicationName: `relance ${Object.keys(services).join(' ')}`.slice(0, 63),
      poolSize: stated.DATABASE_POOL_SIZE,
      rows: Object.values(services).flatMap((service) => service.parts.rows),
    },
    logger,
  );
  opened.defer(() => db.close());

  const jobs = await BullJobs.open(config.get(jobsConfig.token) as ConfigOf<typeof jobsConfig>, {
    databaseUrl: settings.databaseUrl,
    logger,
  });
  opened.defer(() => jobs.close());

  const notify = config.get(notifyConfig.token) as ConfigOf<typeof notifyConfig>;
  const app = await createApp(services, {
    db,
    jobs,
    mailer: createMailer(notify, { outboxDirectory: join(settings.dataDirectory, 'outbox') }),
    webhooks: new Webhooks(notify),
    logger,
    installation: new Installation(settings.dataDirectory, stated.PUBLIC_URL),
    administratorToken: settings.administratorToken,
    config,
  });
  opened.defer(() => closeApp(app));
  watchHealth(app, db, jobs);
  return { app, db };
}

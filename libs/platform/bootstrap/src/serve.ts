import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ConfigOf } from '@relance/config';
import { eventLogConfig } from '@relance/event-log';
import type { Db } from '@relance/postgres';
import { listen } from '@relance/process';
import { Installation } from './installation.js';
import type { ProcessSettings } from './process-settings.js';
import type { Services } from './service-parts.js';
import { trimming } from './trimming.js';

/** Opens the readers, then the door. @returns where the process listens. @throws {CannotListen} */
export async function serve(
  services: Services,
  { app, db }: { readonly app: NestFastifyApplication; readonly db: Db },
  settings: ProcessSettings,
  opened: AsyncDisposableStack,
): Promise<string> {
  const { stated, config, logger } = settings;
  await app.startAllMicroservices();
  const origin = await listen(
    {
      listen: (port, host) => app.listen(port, host),
      address: () => app.getHttpServer().address(),
    },
    stated.HOST,
    stated.PORT,
  );
  app.get(Installation).listensAt(origin);
  // Whoever writes the log's first events also keeps it short.
  if (services.ingestion) {
    const { EVENT_LOG_RETENTION_DAYS } = config.get(eventLogConfig.token) as ConfigOf<typeof eventLogConfig>;
    opened.use(trimming(db, EVENT_LOG_RETENTION_DAYS, logger));
  }
  return origin;
}

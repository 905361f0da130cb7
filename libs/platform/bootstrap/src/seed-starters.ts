import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Db } from '@relance/postgres';
import type { Services } from './service-parts.js';

/** Makes the starter organisation of every service in one transaction: all of it, or nothing. */
export async function seedStarters(app: NestFastifyApplication, db: Db, services: Services): Promise<void> {
  const starters = Object.values(services).flatMap((service) =>
    service.parts.starter ? [app.get(service.parts.starter)] : [],
  );
  await db.transaction(async (tx) => {
    for (const starter of starters) await starter.seed(tx);
  });
}

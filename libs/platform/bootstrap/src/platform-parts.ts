import { CreateAuth1763800000500 } from '@relance/auth';
import type { ConfigSection } from '@relance/config';
import { CreateEventLog1763800000000, CreateRelay1763900000000, eventLogConfig } from '@relance/event-log';
import { jobsConfig } from '@relance/jobs';
import { notifyConfig } from '@relance/notify';
import type { Migrations } from '@relance/postgres';
import { relanceConfig } from '@relance/process';
import type { Services } from './service-parts.js';

/** Migrations of the platform and of the given services. */
export function migrationsOf(services: Services): Migrations {
  return [
    CreateEventLog1763800000000,
    CreateAuth1763800000500,
    CreateRelay1763900000000,
    ...Object.values(services).flatMap((service) => service.parts.migrations),
  ];
}

/** Every configuration section that a process with these services reads. */
export function sectionsOf(services: Services): readonly ConfigSection[] {
  return [
    relanceConfig,
    eventLogConfig,
    jobsConfig,
    notifyConfig,
    ...Object.values(services).flatMap((service) => service.parts.config),
  ];
}

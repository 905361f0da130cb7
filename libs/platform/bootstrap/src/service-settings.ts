import { resolve } from 'node:path';
import { readConfig } from '@relance/config';
import type { ConfigOf } from '@relance/config';
import { AppError } from '@relance/errors';
import { createLogger } from '@relance/logging';
import { relanceConfig } from '@relance/process';
import { sectionsOf } from './platform-parts.js';
import type { ProcessSettings } from './process-settings.js';
import type { Services } from './service-parts.js';

/** A process that does not own an installation must be told what the installation's owner would make or find. */
class InstallationNotNamed extends AppError {
  readonly code = 'installation.not-named';
  readonly kind = 'invalid';

  constructor(who: string, missing: readonly string[]) {
    super(
      `${who} runs on its own and shares one installation with others, so it needs ${missing.join(', ')}. ` +
        'See .env.example; `npm run start:services` sets them, `npm start` needs none of them.',
      { missing },
    );
  }
}

/**
 * The settings of a process that shares an installation with others: nothing is made or found, all is stated.
 *
 * @param who the process, for the message.
 * @throws {InstallationNotNamed} that names every missing variable. @throws {ConfigInvalid}
 */
export function serviceSettings(
  who: string,
  services: Services,
  environment: Readonly<Record<string, string | undefined>>,
): ProcessSettings {
  const config = readConfig(sectionsOf(services), environment);
  const stated = config.get(relanceConfig.token) as ConfigOf<typeof relanceConfig>;
  const { DATABASE_URL, RELANCE_ADMIN_TOKEN, SECRETS_KEY } = stated;
  if (DATABASE_URL === undefined || RELANCE_ADMIN_TOKEN === undefined || SECRETS_KEY === undefined) {
    const wanted = { DATABASE_URL, RELANCE_ADMIN_TOKEN, SECRETS_KEY };
    throw new InstallationNotNamed(
      who,
      Object.entries(wanted).flatMap(([name, value]) => (value === undefined ? [name] : [])),
    );
  }
  return {
    stated,
    config,
    databaseUrl: DATABASE_URL,
    dataDirectory: resolve(stated.RELANCE_DATA_DIR),
    administratorToken: RELANCE_ADMIN_TOKEN,
    logger: createLogger({ level: stated.LOG_LEVEL }),
  };
}

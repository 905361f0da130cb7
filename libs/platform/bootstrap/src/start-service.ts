import { environment } from '@relance/config';
import type { Service } from '@relance/events';
import { Running, runProcess, servicePorts } from '@relance/process';
import { openApp } from './open-app.js';
import { serve } from './serve.js';
import type { ServiceModule } from './service-parts.js';
import { serviceSettings } from './service-settings.js';

/** One of many processes on one Postgres: fewer connections than a process that is everything. */
const poolSize = 8;

/**
 * Starts one service as a process of its own, any number of times. It shares an installation that was set up before
 * (`setUp`): it takes no data directory, migrates nothing and seeds nothing.
 */
export async function startService(name: Service, module: ServiceModule): Promise<void> {
  const services = { [name]: module };
  await runProcess(() =>
    Running.start(async (opened) => {
      const settings = serviceSettings(name, services, withDefaults(name, environment()));
      return serve(services, await openApp(services, settings, opened), settings, opened);
    }),
  );
}

function withDefaults(
  name: Service,
  given: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  return {
    ...given,
    PORT: given['PORT'] || String(servicePorts[name]),
    DATABASE_POOL_SIZE: given['DATABASE_POOL_SIZE'] || String(poolSize),
  };
}

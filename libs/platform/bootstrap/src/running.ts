import { setTimeout as pause } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { readConfig } from '@relance/config';
import type { ConfigOf } from '@relance/config';
import { DataDirectory, EmbeddedPostgres, ProcessesFile, StartRefused } from '@relance/embedded';
import { Readers, eventLogConfig, trimStep } from '@relance/event-log';
import { BullJobs, jobsConfig } from '@relance/jobs';
import { createLogger, describeError } from '@relance/logging';
import type { Logger } from '@relance/logging';
import { Webhooks, createMailer, notifyConfig } from '@relance/notify';
import { Db, migrate } from '@relance/postgres';
import { createApp } from './create-app.js';
import { HealthChecks } from './health-checks.js';
import { Installation } from './installation.js';
import { migrationsOf, sectionsOf } from './platform-parts.js';
import { relanceConfig } from './relance.config.js';
import type { Services } from './service-parts.js';

const trimEveryMs = 60_000;
const trimPauseMs = 250;

/** One running process. What was opened is closed in the opposite order, also when a later part could not be opened. */
export class Running {
  private constructor(
    readonly origin: string,
    private readonly opened: AsyncDisposableStack,
  ) {}

  /** @param giveUp ends a start that is still under way. @throws {StartRefused} {ConfigInvalid} */
  static async start(
    services: Services,
    environment: Readonly<Record<string, string | undefined>>,
    giveUp: AbortSignal,
  ): Promise<Running> {
    const opened = new AsyncDisposableStack();
    try {
      const origin = await open(services, environment, giveUp, opened);
      return new Running(origin, opened);
    } catch (error) {
      await opened.disposeAsync();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.opened.disposeAsync();
  }
}

async function open(
  services: Services,
  environment: Readonly<Record<string, string | undefined>>,
  giveUp: AbortSignal,
  opened: AsyncDisposableStack,
): Promise<string> {
  const sections = sectionsOf(services);
  const stated = readConfig(sections, environment).get(relanceConfig.token) as ConfigOf<typeof relanceConfig>;
  const logger = createLogger({ level: stated.LOG_LEVEL });

  const directory = DataDirectory.open(stated.RELANCE_DATA_DIR);
  opened.defer(() => directory.release());
  const processes = new ProcessesFile(directory.path);
  const administratorToken = directory.adminToken(stated.RELANCE_ADMIN_TOKEN);
  const secretsKey = directory.secretsKey(stated.SECRETS_KEY);

  let url = stated.DATABASE_URL;
  if (url === undefined) {
    const postgres = await EmbeddedPostgres.start({
      directory: directory.path,
      log: logger,
      giveUp,
      onChange: (server) => (server ? processes.set('postgres', server) : processes.remove('postgres')),
    });
    opened.defer(() => postgres.stop());
    url = postgres.databaseUrl();
  }
  const config = readConfig(sections, {
    ...environment,
    DATABASE_URL: url,
    RELANCE_DATA_DIR: directory.path,
    RELANCE_ADMIN_TOKEN: administratorToken,
    SECRETS_KEY: secretsKey,
  });
  await migrate(url, migrationsOf(services), logger);

  const db = await Db.connect(
    {
      url,
      applicationName: `relance ${Object.keys(services).join(' ')}`.slice(0, 63),
      poolSize: stated.DATABASE_POOL_SIZE,
      rows: Object.values(services).flatMap((service) => service.parts.rows),
    },
    logger,
  );
  opened.defer(() => db.close());

  const jobs = await BullJobs.open(config.get(jobsConfig.token) as ConfigOf<typeof jobsConfig>, {
    databaseUrl: url,
    logger,
  });
  opened.defer(() => jobs.close());

  const installation = new Installation(directory.path, stated.PUBLIC_URL);
  const notify = config.get(notifyConfig.token) as ConfigOf<typeof notifyConfig>;
  const app = await createApp(services, {
    db,
    jobs,
    mailer: createMailer(notify, { outboxDirectory: directory.file('outbox') }),
    webhooks: new Webhooks(notify),
    logger,
    installation,
    administratorToken,
    config,
  });
  opened.defer(() => app.close());
  watchHealth(app, db, jobs);
  await seed(app, db, services);

  await app.startAllMicroservices();
  const origin = await listen(app, stated.HOST, stated.PORT);
  installation.listensAt(origin);
  opened.use(
    trimming(
      db,
      (config.get(eventLogConfig.token) as ConfigOf<typeof eventLogConfig>).EVENT_LOG_RETENTION_DAYS,
      logger,
    ),
  );
  processes.set('relance', { pid: process.pid, address: new URL(origin).host });
  opened.defer(() => processes.remove('relance'));
  return origin;
}

async function seed(app: NestFastifyApplication, db: Db, services: Services): Promise<void> {
  const starters = Object.values(services).flatMap((service) =>
    service.parts.starter ? [app.get(service.parts.starter)] : [],
  );
  await db.transaction(async (tx) => {
    for (const starter of starters) await starter.seed(tx);
  });
}

function watchHealth(app: NestFastifyApplication, db: Db, jobs: BullJobs): void {
  const health = app.get(HealthChecks);
  const readers = app.get(Readers);
  health.add('database', async () => {
    try {
      await db.query('select 1');
      return { isReady: true };
    } catch {
      return { isReady: false, why: 'the database does not answer' };
    }
  });
  health.add('readers', () => {
    const stopped = readers.stopped();
    return stopped.length === 0
      ? { isReady: true }
      : {
          isReady: false,
          why: `stopped after too many failures in a row: ${stopped.join(', ')}; see the dead letters`,
        };
  });
  health.add('jobs', () => jobs.isReady());
}

/** @throws {StartRefused} when the port is taken or not ours to take. */
async function listen(app: NestFastifyApplication, host: string, port: number): Promise<string> {
  try {
    await app.listen(port, host);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE')
      throw new StartRefused(
        'port.taken',
        `Port ${port} on ${host} is taken. Stop what listens there, or set PORT to another one (0 takes any free one).`,
        error,
      );
    if (code === 'EACCES')
      throw new StartRefused(
        'port.forbidden',
        `Port ${port} on ${host} may not be opened by this user. Set PORT to one above 1023.`,
        error,
      );
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new StartRefused(
        'host.unknown',
        `${host} is not an address of this machine. Set HOST to one, 127.0.0.1 or 0.0.0.0.`,
        error,
      );
    throw error;
  }
  const address = app.getHttpServer().address() as { address: string; port: number; family: string };
  const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${shown}:${address.port}`;
}

/** Trims the log in small steps, for as long as the process runs. */
function trimming(db: Db, retentionDays: number, logger: Logger): AsyncDisposable {
  const stopping = new AbortController();
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      const deleted = await trimStep(db, retentionDays).catch((error: unknown) => {
        logger.warn('the event log could not be trimmed', { error: describeError(error) });
        return 0;
      });
      await pause(deleted > 0 ? trimPauseMs : trimEveryMs, undefined, { signal: stopping.signal, ref: false }).catch(
        () => undefined,
      );
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await loop;
    },
  };
}

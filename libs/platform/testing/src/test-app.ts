import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Installation, createApp, migrationsOf, sectionsOf } from '@relance/bootstrap';
import type { Services } from '@relance/bootstrap';
import type { Clock } from '@relance/clock';
import { readConfig } from '@relance/config';
import type { Announcement, Envelope, EventDefinition } from '@relance/events';
import { newId } from '@relance/events';
import { EventLog } from '@relance/event-log';
import { BullJobs, jobsConfig } from '@relance/jobs';
import type { ConfigOf } from '@relance/config';
import { createLogger } from '@relance/logging';
import { Webhooks, createMailer, notifyConfig } from '@relance/notify';
import type { Db } from '@relance/postgres';
import { eventually } from './eventually.js';
import { freshDatabase } from './fresh-database.js';

export const administratorToken = 'test-0123456789abcdef0123456789abcdef';

/** Services on a database of their own, listening, with every reader open. */
export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly db: Db;
  readonly url: string;
  readonly origin: string;
  readonly dataDirectory: string;
  /** Speaks to the app as an administrator; `token: null` sends none. */
  call(
    method: string,
    path: string,
    body?: unknown,
    options?: { headers?: Record<string, string>; token?: string | null },
  ): Promise<TestAnswer>;
  /** Appends facts to the log, as another service would. */
  announce(...announcements: Announcement[]): Promise<void>;
  /** Waits until every reader is at the end of the log. */
  settled(): Promise<void>;
  /** What the log holds under a key, in order; of one type where it is named. */
  said<Data>(key: string, definition?: EventDefinition<string, Data>): Promise<Envelope<Data>[]>;
  close(): Promise<void>;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body, where it is JSON. Tests look into answers of many shapes. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- matchers say what a test expects
  readonly json: any;
}

/** Starts services as production does, on a fresh database, without the embedded Postgres and the data directory's lock. */
export async function testApp(
  services: Services,
  options: { environment?: Record<string, string>; clock?: Clock } = {},
): Promise<TestApp> {
  const database = await freshDatabase(
    migrationsOf(services),
    Object.values(services).flatMap((service) => service.parts.rows),
  );
  const dataDirectory = await mkdtemp(join(tmpdir(), 'relance-test-'));
  const logger = createLogger({ level: 'error' });
  const config = readConfig(sectionsOf(services), {
    DATABASE_URL: database.url,
    RELANCE_DATA_DIR: dataDirectory,
    RELANCE_ADMIN_TOKEN: administratorToken,
    SECRETS_KEY: Buffer.alloc(32, 7).toString('base64'),
    ...options.environment,
  });
  const jobs = await BullJobs.open(config.get(jobsConfig.token) as ConfigOf<typeof jobsConfig>, {
    databaseUrl: database.url,
    logger,
  });
  const notify = config.get(notifyConfig.token) as ConfigOf<typeof notifyConfig>;
  const installation = new Installation(dataDirectory, undefined);
  const app = await createApp(services, {
    db: database.db,
    jobs,
    mailer: createMailer(notify, { outboxDirectory: join(dataDirectory, 'outbox') }),
    webhooks: new Webhooks(notify),
    logger,
    installation,
    administratorToken,
    config,
    ...(options.clock ? { clock: options.clock } : {}),
  });
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as { port: number };
  const origin = `http://127.0.0.1:${port}`;
  installation.listensAt(origin);

  const call: TestApp['call'] = async (method, path, body, more = {}) => {
    const token = more.token === undefined ? administratorToken : more.token;
    const response = await fetch(origin + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined || body instanceof FormData
          ? {}
          : { 'content-type': typeof body === 'string' ? 'application/x-www-form-urlencoded' : 'application/json' }),
        ...more.headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' || body instanceof FormData ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson && text !== '' ? (JSON.parse(text) as unknown) : undefined,
    };
  };

  return {
    app,
    db: database.db,
    url: database.url,
    origin,
    dataDirectory,
    call,
    announce: async (...announcements) => {
      await database.db.transaction((tx) => app.get(EventLog).append(tx, announcements));
    },
    settled: async () => {
      await eventually(async () => {
        const answer = await call('GET', '/api/operations/readers');
        return (answer.json as { items: { lagEvents: number }[] }).items.every((reader) => reader.lagEvents === 0);
      });
    },
    said: async (key, definition) => {
      const rows = await database.db.query<{ envelope: Envelope; appended_at: Date; position: number }>(
        'select envelope, appended_at, position from event_log.event where key = $1 and ($2::text is null or type = $2) order by position',
        [key, definition?.type ?? null],
      );
      return rows.map((row) => ({
        ...row.envelope,
        recordedat: row.appended_at.toISOString(),
        position: row.position,
      })) as never;
    },
    close: async () => {
      await jobs.close();
      await app.close();
      await database.close();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

/** A new id of any branded kind. */
export function anId<Id extends string>(): Id {
  return newId() as Id;
}

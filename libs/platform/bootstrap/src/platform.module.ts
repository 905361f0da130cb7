import { Global, Module } from '@nestjs/common';
import type { DynamicModule, Provider } from '@nestjs/common';
import { TokensController, Tokens } from '@relance/auth';
import { Clock, SystemClock } from '@relance/clock';
import { DeadLetters, EventLog, OperationsController, Readers, Wakeup } from '@relance/event-log';
import { Jobs } from '@relance/jobs';
import { Logger } from '@relance/logging';
import { Mailer, Webhooks } from '@relance/notify';
import { Db } from '@relance/postgres';
import { DocumentsController } from './documents.controller.js';
import { HealthChecks } from './health-checks.js';
import { HealthController } from './health.controller.js';
import { Installation } from './installation.js';
import { OpenApi } from './open-api.js';
import { openTransport } from './open-transport.js';
import { ServiceDocuments } from './service-documents.js';

/** What every service finds ready-made. Each is opened, and closed again, by whoever starts the process. */
export interface Platform {
  readonly db: Db;
  readonly jobs: Jobs;
  readonly mailer: Mailer;
  readonly webhooks: Webhooks;
  readonly logger: Logger;
  readonly installation: Installation;
  readonly administratorToken: string;
  /** Parsed sections by their token. */
  readonly config: ReadonlyMap<symbol, unknown>;
  readonly clock?: Clock;
}

/** Provides the platform to all services by class. */
@Global()
@Module({})
export class PlatformModule {
  /** @param keepsLog whether this process also runs what the log needs once: see {@link openTransport}. */
  static of(platform: Platform, keepsLog: boolean): DynamicModule {
    const wakeup = new Wakeup();
    const letters = new DeadLetters(platform.db);
    const transport = openTransport(platform, wakeup, keepsLog);
    const providers: Provider[] = [
      { provide: Db, useValue: platform.db },
      { provide: Jobs, useValue: platform.jobs },
      { provide: Mailer, useValue: platform.mailer },
      { provide: Webhooks, useValue: platform.webhooks },
      { provide: Logger, useValue: platform.logger },
      { provide: Installation, useValue: platform.installation },
      { provide: Clock, useValue: platform.clock ?? new SystemClock() },
      { provide: Wakeup, useValue: wakeup },
      { provide: EventLog, useValue: new EventLog(wakeup) },
      { provide: DeadLetters, useValue: letters },
      { provide: Readers, useValue: new Readers(transport, platform.db, letters, platform.logger) },
      { provide: Tokens, useValue: new Tokens(platform.db, platform.administratorToken) },
      { provide: HealthChecks, useValue: new HealthChecks() },
      { provide: OpenApi, useValue: new OpenApi() },
      { provide: ServiceDocuments, useValue: new ServiceDocuments() },
      ...[...platform.config].map(([token, values]) => ({ provide: token, useValue: values })),
    ];
    return {
      module: PlatformModule,
      controllers: [HealthController, DocumentsController, OperationsController, TokensController],
      providers,
      exports: providers.map((provider) => (provider as { provide: symbol }).provide),
    };
  }
}

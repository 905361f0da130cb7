import { Module } from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccessGuard, Tokens } from '@relance/auth';
import { EventLogStrategy, Readers } from '@relance/event-log';
import {
  BodyInterceptor,
  EdgeFilter,
  IdempotencyInterceptor,
  guardEdge,
  refuseUnreadable,
  sendProblem,
  validationPipe,
} from '@relance/http';
import { nestLogger } from '@relance/logging';
import { OpenApi } from './open-api.js';
import { PlatformModule } from './platform.module.js';
import type { Platform } from './platform.module.js';
import type { Services } from './service-parts.js';

@Module({})
class RootModule {}

/** Nest sets its error handler when the routes of other doors are made already; ours stands before the first. */
class EdgeAdapter extends FastifyAdapter {
  override setErrorHandler(): ReturnType<FastifyAdapter['setErrorHandler']> {
    return this.getInstance();
  }
}

const bodyLimitBytes = 1024 * 1024;
const requestTimeoutMs = 30_000;

/** Puts services and platform together into one application that does not listen yet. */
export async function createApp(services: Services, platform: Platform): Promise<NestFastifyApplication> {
  const adapter = new EdgeAdapter({
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    connectionTimeout: 0,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(error, request, reply, platform.logger),
    clientErrorHandler: refuseUnreadable,
  });
  guardEdge(adapter.getInstance(), platform.logger);
  const app = await NestFactory.create<NestFastifyApplication>(
    {
      module: RootModule,
      imports: [PlatformModule.of(platform, services.ingestion !== undefined), ...Object.values(services)],
    },
    adapter,
    { logger: nestLogger(platform.logger), abortOnError: false, bodyParser: false },
  );
  app.useGlobalFilters(new EdgeFilter(platform.logger));
  app.useGlobalGuards(new AccessGuard(app.get(Reflector), app.get(Tokens)));
  app.useGlobalInterceptors(new BodyInterceptor(), new IdempotencyInterceptor(app.get(Reflector), platform.db));
  app.useGlobalPipes(validationPipe());
  app.connectMicroservice({ strategy: new EventLogStrategy(app.get(Readers)) }, { inheritAppConfig: true });
  app.get(OpenApi).describes(app);
  return app;
}

import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from '@relance/clock';
import { problemOf, refusalOf, sendProblem } from '@relance/http';
import { Logger } from '@relance/logging';
import { Refusals } from '../accept/refusals.js';
import type { LiveSource } from '../store/live-source.js';
import { SourceNotFound } from '../store/source-errors.js';
import { crossOriginHeaders, preflightHeaders } from './cross-origin.js';
import { Doors } from './doors.js';
import type { Answer, Door } from './incoming.js';
import { Reception, bodyLimitBytes, mediaTypeOf } from './reception.js';

/** A connection is not kept for the sake of reading what is larger than this to its end. */
const drainLimitBytes = 4 * 1024 * 1024;

/** Anybody can claim any length; the column holds no more. */
const mostBytesNoted = 2 ** 31 - 1;

type InRequest = FastifyRequest<{ Params: { key: string } }> & { source: LiveSource | null };

/**
 * Opens `/in/*` to the internet: a Fastify scope of its own, with raw bodies and without Nest's pipeline. Every answer
 * says what pages of other origins may read; every refusal of a known source's delivery is noted.
 */
@Injectable()
export class IntakeDoors implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly doors: Doors,
    private readonly reception: Reception,
    private readonly refusals: Refusals,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    const fastify = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    await fastify.register(async (scope) => this.open(scope));
  }

  private open(scope: FastifyInstance): void {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: bodyLimitBytes }, (_request, body, done) =>
      done(null, body),
    );
    scope.decorateRequest('source', null);
    scope.setErrorHandler((error, request, reply) => this.refuse(error, request as InRequest, reply));
    for (const door of this.doors.all()) this.openDoor(scope, door);
  }

  private openDoor(scope: FastifyInstance, door: Door): void {
    scope.route<{ Params: { key: string } }>({
      method: 'POST',
      url: door.path,
      bodyLimit: bodyLimitBytes,
      onRequest: (request, reply, done) => this.welcome(door, request as InRequest, reply, done),
      handler: async (request, reply) => {
        const { source } = request as InRequest;
        if (!source) throw new Error('A request got past the reception');
        const answer = await door.receive({
          source,
          body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
          mediaType: mediaTypeOf(request),
          headers: request.headers,
          url: request.url,
          receivedAt: this.clock.now(),
        });
        return this.send(answer, source, request, reply);
      },
    });
    if (door.isPublic) {
      scope.route<{ Params: { key: string } }>({
        method: 'OPTIONS',
        url: door.path,
        handler: async (request, reply) => {
          const source = await this.reception.sourceOf(request.params.key, door);
          if (!source) throw new SourceNotFound(request.params.key);
          return reply.code(204).headers(preflightHeaders(request.headers.origin, source.settings)).send();
        },
      });
    }
  }

  private welcome(door: Door, request: InRequest, reply: FastifyReply, done: (error?: Error) => void): void {
    const admit = (source: LiveSource | undefined): void => {
      try {
        if (!source) throw new SourceNotFound(request.params.key);
        request.source = source;
        this.reception.admit(source, door, request);
      } catch (error) {
        if (Number(request.headers['content-length'] ?? 0) > drainLimitBytes) void reply.header('connection', 'close');
        done(error as Error);
        return;
      }
      done();
    };
    const source = this.reception.sourceOf(request.params.key, door);
    if (source instanceof Promise) source.then(admit, done);
    else admit(source);
  }

  private send(answer: Answer, source: LiveSource, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { origin } = request.headers;
    if (origin !== undefined) void reply.headers(crossOriginHeaders(origin, source.settings));
    return reply.code(answer.status).headers(answer.headers).send(answer.body);
  }

  private refuse(error: unknown, request: InRequest, reply: FastifyReply): void {
    const { source } = request;
    if (source) {
      void reply.headers(crossOriginHeaders(request.headers.origin, source.settings));
      const refusal = refusalOf(error);
      if (refusal && refusal.kind !== 'unavailable') {
        this.refusals.note({
          sourceKey: source.key,
          at: this.clock.now(),
          status: problemOf(refusal).status,
          code: refusal.code,
          reason: refusal.message.slice(0, 500),
          address: this.reception.clientAddress(request),
          sizeBytes: Buffer.isBuffer(request.body)
            ? request.body.length
            : Math.min(Number(request.headers['content-length'] ?? 0), mostBytesNoted),
        });
      }
    }
    sendProblem(error, request, reply, this.logger);
  }
}

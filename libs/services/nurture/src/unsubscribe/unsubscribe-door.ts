import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ServiceDocuments } from '@relance/bootstrap';
import { sendProblem } from '@relance/http';
import { Logger } from '@relance/logging';
import { unsubscribePage } from '../decide/unsubscribe-page.js';
import type { UnsubscribePage } from '../decide/unsubscribe-page.js';
import { enrolmentOfToken } from '../decide/unsubscribe-token.js';
import { UnsubscribeSecret } from './unsubscribe-secret.js';
import { Unsubscription } from './unsubscription.js';

type TokenRequest = FastifyRequest<{ Params: { token: string } }>;

const bodyLimitBytes = 16 * 1024;
const statusOf: Readonly<Record<UnsubscribePage, number>> = { ask: 200, done: 200, unknown: 404 };

/**
 * Opens `/u/{token}` to whoever got a letter: no login.
 *
 * A GET asks, a POST unsubscribes: scanners of mail follow links. Mail programs post one click (RFC 8058), as multipart or
 * urlencoded; what is in the body does not matter, so this is a scope of Fastify that reads none.
 */
@Injectable()
export class UnsubscribeDoor implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly unsubscription: Unsubscription,
    private readonly secret: UnsubscribeSecret,
    private readonly documents: ServiceDocuments,
    private readonly logger: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    const fastify = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    await fastify.register(async (scope) => this.open(scope));
    this.documents.add(paths);
  }

  private open(scope: FastifyInstance): void {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: bodyLimitBytes }, (_request, _body, done) =>
      done(null),
    );
    scope.setErrorHandler((error, request, reply) => sendProblem(error, request, reply, this.logger));
    scope.get('/u/:token', async (request: TokenRequest, reply) => {
      const enrolmentId = enrolmentOfToken(request.params.token, this.secret.key());
      return answer(enrolmentId === null ? 'unknown' : 'ask', request, reply);
    });
    scope.post('/u/:token', async (request: TokenRequest, reply) => {
      const enrolmentId = enrolmentOfToken(request.params.token, this.secret.key());
      const isDone = enrolmentId !== null && (await this.unsubscription.unsubscribe(enrolmentId));
      return answer(isDone ? 'done' : 'unknown', request, reply);
    });
  }
}

function answer(page: UnsubscribePage, request: TokenRequest, reply: FastifyReply): FastifyReply {
  const { language, html } = unsubscribePage(page, request.headers['accept-language']);
  return reply
    .code(statusOf[page])
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'content-language': language,
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    .send(html);
}

const parameters = [{ name: 'token', in: 'path' as const, required: true, schema: { type: 'string' as const } }];
const page = (description: string) => ({ description, content: { 'text/html': {} } });
const paths: Parameters<ServiceDocuments['add']>[0] = {
  '/u/{token}': {
    get: {
      operationId: 'Unsubscribe.ask',
      security: [],
      parameters,
      responses: { 200: page('asks; changes nothing'), 404: page('not a link of ours') },
    },
    post: {
      operationId: 'Unsubscribe.unsubscribe',
      security: [],
      parameters,
      responses: { 200: page('unsubscribed; again changes nothing'), 404: page('not a link of ours') },
    },
  },
};

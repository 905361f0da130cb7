import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InvalidInput } from '@relance/errors';
import type { Logger } from '@relance/logging';
import { sendProblem } from './edge.filter.js';
import { UnsupportedType } from './http-errors.js';
import { problemContentType, problemOfUnreadable } from './problem.js';
import { unstorableTextIn } from './unstorable-text.js';

const json = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;
/** What is escaped so may be text that no database keeps; anything else in a body of UTF-8 cannot. */
const mayBeUnstorable = /\\u(?:0000|[dD][89a-fA-F])/;

/** Requests with a body that was not read, and why. Whether that matters is known once it is known who asks for what. */
export const unreadBodies = new WeakMap<FastifyRequest, Error>();

type JsonParser = (request: FastifyRequest, text: string, done: (error: Error | null, body?: unknown) => void) => void;

/**
 * Makes an instance answer with problem+json whatever is refused before a handler sees it, and read JSON alone
 * (merge patches are JSON too). An empty body is none, whatever its type.
 *
 * A body that cannot be read is refused by `BodyInterceptor`: who may not ask, or asks for nothing that is there, is told
 * that instead.
 *
 * To be called before the first route: a route keeps the error handler that stands when it is made.
 */
export function guardEdge(fastify: FastifyInstance, logger: Logger): void {
  fastify.setErrorHandler((error, request, reply) => sendProblem(error, request, reply, logger));
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (request.url.includes('%00')) done(unstorable(''));
    else done();
  });
  // Answers through `done` alone, whatever its type allows.
  const parse = fastify.getDefaultJsonParser('error', 'error') as JsonParser;
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<string>(json, { parseAs: 'string' }, (request, text, done) => {
    if (text === '') {
      done(null);
      return;
    }
    parse(request, text, (error, body) => {
      const pointer = error === null && mayBeUnstorable.test(text) ? unstorableTextIn(body) : null;
      const refusal = pointer === null ? error : unstorable(pointer);
      if (refusal) unreadBodies.set(request, refusal);
      done(null, refusal ? undefined : body);
    });
  });
  fastify.addContentTypeParser<string>('*', { parseAs: 'string' }, (request, text, done) => {
    if (text !== '') unreadBodies.set(request, new UnsupportedType());
    done(null);
  });
}

/** Answers what is not HTTP, too late, or beyond the limits of its headers, and hangs up. */
export function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = problemOfUnreadable(error.code ?? '');
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${problem.title}\r\ncontent-type: ${problemContentType}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function unstorable(pointer: string): InvalidInput {
  return new InvalidInput([
    { pointer, code: 'unstorable-text', message: 'must not hold NUL characters or halves of surrogate pairs' },
  ]);
}

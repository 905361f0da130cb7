import fastifyHttpProxy from '@fastify/http-proxy';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '@relance/http';
import type { Logger } from '@relance/logging';
import { serviceOfPath } from './decide/service-of-path.js';
import type { GatewayMetrics } from './gateway-metrics.js';
import { ServiceUnreachable } from './service-unreachable.error.js';
import type { Upstreams } from './upstreams.js';

const connectMs = 2_000;
const firstByteMs = 60_000;
/** Between two pieces of an answer; live updates send something more often. */
const silenceMs = 120_000;

/** What concerns one connection (RFC 9110, 7.6.1), and `Expect`, which our own server answers. */
const ofOneConnection = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade', 'expect'];

/** The instance is gone or out of reach. Other failures, a caller who hung up among them, say nothing about it. */
const instanceIsGone = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_SOCKET']);

/** Passes every path that has no route of its own on to its service, body untouched: signatures are over raw bytes. */
export async function passOn(
  app: FastifyInstance,
  upstreams: Upstreams,
  metrics: GatewayMetrics,
  logger: Logger,
): Promise<void> {
  const chosen = new WeakMap<object, string>();

  const choose = (request: object & { url: string }): string => {
    const service = serviceOfPath(request.url);
    try {
      const origin = upstreams[service].pick();
      chosen.set(request, origin);
      return origin;
    } catch (error) {
      metrics.unreachable(service);
      throw error;
    }
  };

  const refuse = (reply: FastifyReply, error: Error): void => {
    const { request } = reply;
    const service = serviceOfPath(request.url);
    const origin = chosen.get(request);
    if (origin !== undefined && instanceIsGone.has(codeOf(error))) upstreams[service].failed(origin);
    metrics.unreachable(service);
    sendProblem(new ServiceUnreachable(service, error), request, reply, logger);
  };

  await app.register(fastifyHttpProxy, {
    upstream: '',
    prefix: '/',
    undici: {
      connections: 256,
      pipelining: 1,
      headersTimeout: firstByteMs,
      bodyTimeout: silenceMs,
      connect: { timeout: connectMs, rejectUnauthorized: true },
    },
    destroyAgent: true,
    disableRequestLogging: true,
    replyOptions: {
      getUpstream: choose,
      // A service that answers 503 says itself when to ask again; that is for the caller to do.
      retryDelay: () => null,
      rewriteRequestHeaders: (request, headers) => ({
        ...without(headers, ofOneConnection),
        ...forwarded(request as FastifyRequest),
      }),
      rewriteHeaders: (headers) => without(headers, ['connection', 'keep-alive']),
      onError: (reply, { error }) => refuse(reply as FastifyReply, error),
    },
  });
}

/** The client's address once, as the gateway knows it: services trust the gateway, which trusts nobody it is not told to. */
function forwarded(request: FastifyRequest): Record<string, string> {
  return {
    'x-forwarded-for': request.ip,
    'x-forwarded-proto': request.protocol,
    'x-forwarded-host': request.host,
    host: request.headers.host ?? request.host,
  };
}

function without<Headers extends object>(headers: Headers, names: readonly string[]): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name))) as Headers;
}

/** The proxy wraps what it was told by the network. */
function codeOf(error: Error): string {
  const told = error.cause ?? error;
  return typeof told === 'object' && 'code' in told ? String(told.code) : '';
}

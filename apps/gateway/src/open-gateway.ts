import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { readConfig } from '@relance/config';
import type { ConfigOf } from '@relance/config';
import { AppError } from '@relance/errors';
import { refuseUnreadable, sendProblem } from '@relance/http';
import { createLogger } from '@relance/logging';
import type { Logger } from '@relance/logging';
import { gatewayConfig, listen, relanceConfig } from '@relance/process';
import { about } from './about.js';
import { serviceOfPath } from './decide/service-of-path.js';
import { GatewayMetrics } from './gateway-metrics.js';
import { operations } from './operations.js';
import { passOn } from './pass-on.js';
import { openUpstreams } from './upstreams.js';

/** A whole request, its body included. Uploads are the longest. */
const requestTimeoutMs = 120_000;
/** What is still under way when the gateway is told to end gets this long. */
const endRequestsWithinMs = 800;

class NoSuchPath extends AppError {
  readonly code = 'http.no-such-path';
  readonly kind = 'not-found';

  constructor() {
    super('There is nothing at this path');
  }
}

/** One origin in front of all services. It keeps nothing, knows no tokens, and may run any number of times. @throws {CannotListen} {ConfigInvalid} */
export async function openGateway(
  environment: Readonly<Record<string, string | undefined>>,
  opened: AsyncDisposableStack,
): Promise<string> {
  const config = readConfig([relanceConfig, gatewayConfig], environment);
  const { HOST, PORT, LOG_LEVEL } = config.get(relanceConfig.token) as ConfigOf<typeof relanceConfig>;
  const gateway = config.get(gatewayConfig.token) as ConfigOf<typeof gatewayConfig>;
  const logger = createLogger({ level: LOG_LEVEL });

  const upstreams = await openUpstreams(gateway, logger, opened);
  const metrics = new GatewayMetrics(upstreams);
  const app = createServer(gateway.TRUSTED_PROXIES, metrics, logger);
  about(app, upstreams, metrics);
  operations(app, upstreams);
  await passOn(app, upstreams, metrics, logger);
  opened.defer(() => close(app));
  return listen(
    { listen: (port, host) => app.listen({ port, host }), address: () => app.server.address() },
    HOST,
    PORT,
  );
}

function createServer(trustedProxies: readonly string[], metrics: GatewayMetrics, logger: Logger): FastifyInstance {
  const app = fastify({
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    requestTimeout: requestTimeoutMs,
    connectionTimeout: 0,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    frameworkErrors: (error, request, reply) => sendProblem(error, request, reply, logger),
    clientErrorHandler: refuseUnreadable,
  });
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply, logger));
  app.setNotFoundHandler((request, reply) => sendProblem(new NoSuchPath(), request, reply, logger));
  app.addHook('onResponse', (request, reply, done) => {
    metrics.answered(serviceOfPath(request.url), reply.statusCode, reply.elapsedTime / 1_000);
    done();
  });
  return app;
}

/** Takes no more, lets what is under way end for a moment, then ends live updates and whatever else still hangs on. */
async function close(app: FastifyInstance): Promise<void> {
  const force = setTimeout(() => app.server.closeAllConnections(), endRequestsWithinMs);
  await app.close();
  clearTimeout(force);
}

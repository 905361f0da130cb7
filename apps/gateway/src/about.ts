import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { serviceNames } from '@relance/process';
import { ask, askEach, bodyOf, refusalAmong } from './ask.js';
import { mergeDocuments } from './decide/merge-documents.js';
import type { GatewayMetrics } from './gateway-metrics.js';
import { passRefusal } from './operations.js';
import { ServiceUnreachable } from './service-unreachable.error.js';
import type { Upstreams } from './upstreams.js';

const documentSchema = z.looseObject({
  paths: z.record(z.string(), z.looseObject({})),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()).optional() }).optional(),
});
const readinessSchema = z.looseObject({ status: z.string() });

/** What the gateway says of itself and of everything behind it: health, metrics, documents. */
export function about(app: FastifyInstance, upstreams: Upstreams, metrics: GatewayMetrics): void {
  app.get('/health/live', () => ({ status: 'ok' }));

  app.get('/health/ready', async (request, reply) => {
    const answers = await askEach(upstreams, { path: '/health/ready', caller: request });
    const checks = Object.fromEntries(
      answers.map(({ service, status, body }) => [
        service,
        status === 200
          ? { isReady: true }
          : { isReady: false, why: status === null ? 'does not answer' : 'is not ready', says: checksOf(body) },
      ]),
    );
    const isReady = answers.every(({ status }) => status === 200);
    return reply.status(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not-ready', checks });
  });

  // The gateway knows no tokens: who may read a service's metrics may read these.
  app.get('/metrics', async (request, reply) => {
    const answer = await firstAnswer(upstreams, { path: '/metrics', caller: request });
    if (answer.status !== 200) return passRefusal(reply, answer);
    const { type, body } = await metrics.text();
    return reply.header('content-type', type).send(body);
  });

  app.get('/api/docs', async (request, reply) => {
    const answers = await askEach(upstreams, { path: '/api/docs', caller: request });
    const refusal = refusalAmong(answers);
    if (refusal) return passRefusal(reply, refusal);
    const told = answers.flatMap((answer) => {
      const document = bodyOf(documentSchema, answer);
      return document ? [{ service: answer.service, document }] : [];
    });
    const merged = mergeDocuments(told);
    if (merged === null) throw new ServiceUnreachable('desk');
    const silent = serviceNames.filter((service) => !told.some((document) => document.service === service));
    return silent.length === 0 ? merged : { ...merged, 'x-did-not-answer': silent };
  });

  // Every service has the same contract of events.
  app.get('/api/events', async (request, reply) => {
    const answer = await firstAnswer(upstreams, { path: '/api/events', caller: request });
    if (answer.status !== 200) return passRefusal(reply, answer);
    return answer.body;
  });
}

/** Asks one service after the other until one answers. @throws {ServiceUnreachable} */
async function firstAnswer(upstreams: Upstreams, question: Parameters<typeof ask>[2]): ReturnType<typeof ask> {
  for (const service of serviceNames.toReversed()) {
    const answer = await ask(upstreams, service, question);
    if (answer.status !== null && answer.status < 500) return answer;
  }
  throw new ServiceUnreachable('desk');
}

function checksOf(body: unknown): unknown {
  const parsed = readinessSchema.safeParse(body);
  return parsed.success ? parsed.data['checks'] : undefined;
}

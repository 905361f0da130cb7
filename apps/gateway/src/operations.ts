import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Service } from '@relance/events';
import { InvalidInput, issuesOf } from '@relance/errors';
import { encodeCursor, pageSchema, problemContentType } from '@relance/http';
import { ask, askEach, askEveryInstance, bodyOf, refusalAmong } from './ask.js';
import type { Answer } from './ask.js';
import { mergePages } from './decide/merge-pages.js';
import { mergeReaders } from './decide/merge-readers.js';
import { planRedrive, sumReports } from './decide/plan-redrive.js';
import type { RedriveReport } from './decide/plan-redrive.js';
import { ServiceUnreachable } from './service-unreachable.error.js';
import type { Upstreams } from './upstreams.js';

const readersSchema = z.object({
  items: z.array(
    z.looseObject({
      service: z.string(),
      reader: z.string(),
      state: z.string().optional(),
      lagEvents: z.number(),
      lagSeconds: z.number(),
    }),
  ),
});
const lettersSchema = z.object({
  items: z.array(z.looseObject({ id: z.string() })),
  nextCursor: z.string().nullable(),
});
const reportSchema = z.object({
  eligible: z.number(),
  skipped: z.array(z.object({ id: z.string(), why: z.string() })),
  redriven: z.number(),
});
const redriveSchema = z.looseObject({
  ids: z.array(z.string()).optional(),
  filter: z.looseObject({ group: z.string().optional() }).optional(),
  dryRun: z.boolean().default(false),
});
type Redrive = z.infer<typeof redriveSchema>;

/** What operators see of all services: each answers for itself, the gateway adds them up. */
export function operations(app: FastifyInstance, upstreams: Upstreams): void {
  app.get('/api/operations/readers', async (request, reply) => {
    const answers = await askEveryInstance(upstreams, { path: '/api/operations/readers', caller: request });
    const refusal = refusalAmong(answers);
    if (refusal) return passRefusal(reply, refusal);
    const told = answers.map((answer) => ({
      service: answer.service,
      items: bodyOf(readersSchema, answer)?.items ?? null,
    }));
    return { items: mergeReaders(told) };
  });

  app.post<{ Params: { group: string } }>('/api/operations/readers/:group/replay', async (request, reply) => {
    const service = upstreams[request.params.group as Service]?.service ?? 'desk';
    const path = `/api/operations/readers/${encodeURIComponent(request.params.group)}/replay`;
    const answer = await ask(upstreams, service, { path, caller: request, body: {} });
    if (answer.status === null) throw new ServiceUnreachable(service);
    if (answer.status >= 400) return passRefusal(reply, answer);
    return reply.status(answer.status).send(answer.body);
  });

  app.get('/api/operations/dead-letters', async (request, reply) => {
    const { limit } = parsed(pageSchema, request.query);
    const answers = await askEach(upstreams, { path: request.url, caller: request });
    const refusal = refusalAmong(answers);
    if (refusal) return passRefusal(reply, refusal);
    const told = answers.map((answer) => ({ service: answer.service, page: bodyOf(lettersSchema, answer) }));
    const { items, lastId } = mergePages(
      told.flatMap(({ page }) => (page ? [page] : [])),
      limit,
    );
    const silent = told.filter(({ page }) => page === null).map(({ service }) => service);
    return {
      items,
      nextCursor: lastId === null ? null : encodeCursor(lastId),
      ...(silent.length === 0 ? {} : { didNotAnswer: silent }),
    };
  });

  app.post('/api/operations/dead-letters/redrive', async (request, reply) => {
    const wanted = parsed(redriveSchema, request.body);
    const rehearsed = await askEach(upstreams, askingFor(wanted, request, true));
    const refusal = refusalAmong(rehearsed);
    if (refusal) return passRefusal(reply, refusal);
    return wanted.ids === undefined
      ? redriveByFilter(upstreams, wanted, request)
      : redriveByIds(upstreams, wanted.ids, wanted.dryRun, request, rehearsed);
  });
}

/** Each service is asked for the letters of its own group: others' are not its business. */
async function redriveByFilter(upstreams: Upstreams, wanted: Redrive, caller: FastifyRequest): Promise<RedriveReport> {
  const services = Object.values(upstreams)
    .map(({ service }) => service)
    .filter((service) => wanted.filter?.group === undefined || wanted.filter.group === service);
  const answers = await Promise.all(
    services.map((service) =>
      ask(upstreams, service, askingFor({ ...wanted, filter: { ...wanted.filter, group: service } }, caller)),
    ),
  );
  return sumReports(
    answers.flatMap((answer) => reportsOf(answer)),
    [],
  );
}

async function redriveByIds(
  upstreams: Upstreams,
  ids: readonly string[],
  isDryRun: boolean,
  caller: FastifyRequest,
  rehearsed: readonly Answer[],
): Promise<RedriveReport> {
  const reports = rehearsed.flatMap((answer) =>
    reportsOf(answer).map((report) => ({ service: answer.service, report })),
  );
  const silent = rehearsed.filter((answer) => reportsOf(answer).length === 0).map(({ service }) => service);
  const plan = planRedrive(ids, reports, silent);
  const answers = await Promise.all(
    [...plan.byService].map(([service, own]) =>
      ask(upstreams, service, askingFor({ ids: [...own], dryRun: isDryRun }, caller)),
    ),
  );
  return sumReports(
    answers.flatMap((answer) => reportsOf(answer)),
    plan.skipped,
  );
}

function askingFor(
  wanted: Redrive,
  caller: FastifyRequest,
  isDryRun = wanted.dryRun,
): {
  path: string;
  caller: FastifyRequest;
  body: Redrive;
} {
  return { path: '/api/operations/dead-letters/redrive', caller, body: { ...wanted, dryRun: isDryRun } };
}

function reportsOf(answer: Answer): RedriveReport[] {
  const report = bodyOf(reportSchema, answer);
  return report ? [report] : [];
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (!result.success) throw new InvalidInput(issuesOf(result.error.issues));
  return result.data;
}

/** A refusal is passed on as the service said it. */
export async function passRefusal(reply: FastifyReply, refusal: Answer): Promise<FastifyReply> {
  if (refusal.status === 401) reply.header('www-authenticate', 'Bearer');
  return reply
    .status(refusal.status ?? 503)
    .header('content-type', problemContentType)
    .send(JSON.stringify(refusal.body));
}

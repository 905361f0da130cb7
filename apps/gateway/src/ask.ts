import type { z } from 'zod';
import type { FastifyRequest } from 'fastify';
import type { Service } from '@relance/events';
import { serviceNames } from '@relance/process';
import type { Upstreams } from './upstreams.js';

const answerWithinMs = 10_000;

/** What one instance of a service said; `status` null: nothing, in time. */
export interface Answer {
  readonly service: Service;
  readonly status: number | null;
  readonly body: unknown;
}

/** What is asked, in the caller's name: services check tokens themselves. */
export interface Question {
  readonly path: string;
  readonly caller: FastifyRequest;
  /** A POST, when there is one. */
  readonly body?: unknown;
}

/** Asks one living instance of a service. Never fails. */
export async function ask(upstreams: Upstreams, service: Service, question: Question): Promise<Answer> {
  const [origin] = upstreams[service].living();
  return askAt(service, origin, question);
}

/** Asks one living instance of each service, all at once. Never fails. */
export async function askEach(upstreams: Upstreams, question: Question): Promise<Answer[]> {
  return Promise.all(serviceNames.map((service) => ask(upstreams, service, question)));
}

/** Asks every living instance of each service; one answer of nothing for a service that has none. Never fails. */
export async function askEveryInstance(upstreams: Upstreams, question: Question): Promise<Answer[]> {
  const asked = serviceNames.flatMap((service) => {
    const living = upstreams[service].living();
    return (living.length === 0 ? [undefined] : living).map((origin) => askAt(service, origin, question));
  });
  return Promise.all(asked);
}

/** The answer that refuses the caller or what was asked, if there is one: it would be the same from everybody. */
export function refusalAmong(answers: readonly Answer[]): Answer | null {
  return answers.find(({ status }) => status !== null && status >= 400 && status < 500) ?? null;
}

/** The body of an answer that is what we expect; null when it is not. */
export function bodyOf<Schema extends z.ZodType>(schema: Schema, answer: Answer): z.infer<Schema> | null {
  if (answer.status === null || answer.status >= 300) return null;
  const parsed = schema.safeParse(answer.body);
  return parsed.success ? parsed.data : null;
}

async function askAt(service: Service, origin: string | undefined, question: Question): Promise<Answer> {
  if (origin === undefined) return { service, status: null, body: null };
  const { authorization, cookie } = question.caller.headers;
  try {
    const response = await fetch(origin + question.path, {
      ...(question.body === undefined ? {} : { method: 'POST', body: JSON.stringify(question.body) }),
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(cookie === undefined ? {} : { cookie }),
        ...(question.body === undefined ? {} : { 'content-type': 'application/json' }),
        'x-forwarded-for': question.caller.ip,
      },
      signal: AbortSignal.timeout(answerWithinMs),
    });
    const text = await response.text();
    return { service, status: response.status, body: jsonOf(text) };
  } catch {
    // Refused, reset, too late: for the caller it is all the same, the service does not answer.
    return { service, status: null, body: null };
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

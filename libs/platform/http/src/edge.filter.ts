import { Catch } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { throwError } from 'rxjs';
import type { Observable } from 'rxjs';
import { Logger, describeError } from '@relance/logging';
import { refusalOf } from './http-errors.js';
import { problemContentType, problemOf, problemOfBug } from './problem.js';

/** Where failures leave: HTTP gets problem+json; the event log's runner gets the error itself. */
@Catch()
export class EdgeFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): Observable<never> | undefined {
    if (host.getType() !== 'http') return throwError(() => error);
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    sendProblem(error, request, reply, this.logger);
    return undefined;
  }
}

/** Answers with the problem of an error and logs what somebody should look at. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, logger: Logger): void {
  const refusal = refusalOf(error);
  const problem = refusal ? problemOf(refusal) : problemOfBug();
  const fields = {
    method: request.method,
    path: request.routeOptions.url,
    status: problem.status,
    code: problem.code,
    traceId: problem.traceId,
  };
  if (problem.status === 500) logger.error('a request failed', { ...fields, error: describeError(error) });
  else if (problem.status === 503)
    logger.warn('a request could not be served', { ...fields, error: describeError(error) });
  else logger.debug('a request was refused', fields);
  if (reply.sent) return;
  if (refusal?.retryAfterSeconds !== undefined) void reply.header('retry-after', String(refusal.retryAfterSeconds));
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
  void reply.status(problem.status).header('content-type', problemContentType).send(JSON.stringify(problem));
}

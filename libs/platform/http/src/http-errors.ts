import { HttpException } from '@nestjs/common';
import { AppError } from '@relance/errors';
import type { ErrorKind } from '@relance/errors';

/** What Nest or Fastify refused before any of our code saw it. */
export class RequestRefused extends AppError {
  readonly code: string;
  readonly kind: ErrorKind;

  constructor(kind: ErrorKind, code: string, message: string, cause: unknown) {
    super(message, {}, { cause });
    this.kind = kind;
    this.code = code;
  }
}

/** A body of a type that is not read here. */
export class UnsupportedType extends AppError {
  readonly code = 'http.unsupported-type';
  readonly kind = 'unsupported';

  constructor() {
    super('This content type is not understood here');
  }
}

const refusals: Readonly<Record<number, { kind: ErrorKind; code: string; message: string }>> = {
  400: { kind: 'malformed', code: 'http.malformed', message: 'The body is not what its content type says' },
  404: { kind: 'not-found', code: 'http.no-such-path', message: 'There is nothing at this path' },
  405: { kind: 'not-found', code: 'http.no-such-path', message: 'There is nothing at this path' },
  413: { kind: 'too-large', code: 'http.too-large', message: 'The body is too large' },
  415: { kind: 'unsupported', code: 'http.unsupported-type', message: 'This content type is not understood here' },
  414: { kind: 'too-large', code: 'http.too-large', message: 'The address is too long' },
  431: { kind: 'too-large', code: 'http.too-large', message: 'The headers are too large' },
};

/** An expected failure for anything that carries an HTTP status of the client's making; null for a bug. */
export function refusalOf(error: unknown): AppError | null {
  if (error instanceof AppError) return error;
  const status = error instanceof HttpException ? error.getStatus() : statusCodeOf(error);
  const refusal = refusals[status];
  if (refusal) return new RequestRefused(refusal.kind, refusal.code, refusal.message, error);
  return status >= 400 && status < 500
    ? new RequestRefused('malformed', 'http.refused', 'The request is refused', error)
    : null;
}

function statusCodeOf(error: unknown): number {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 0;
}

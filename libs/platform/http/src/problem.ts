import { randomUUID } from 'node:crypto';
import type { AppError, ErrorKind, FieldIssue } from '@relance/errors';

/** RFC 9457, with our code and the wrong fields. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** Stands in the log line of the same failure. */
  readonly traceId: string;
  readonly errors: readonly FieldIssue[];
  readonly [extension: string]: unknown;
}

/** The one table from error kind to status. */
const statuses: Readonly<Record<ErrorKind, { status: number; title: string }>> = {
  malformed: { status: 400, title: 'The request cannot be read' },
  unauthenticated: { status: 401, title: 'Who is asking?' },
  forbidden: { status: 403, title: 'Not allowed' },
  'not-found': { status: 404, title: 'Not found' },
  conflict: { status: 409, title: 'Not possible as things stand' },
  'precondition-failed': { status: 412, title: 'Changed meanwhile' },
  'too-large': { status: 413, title: 'Too large' },
  unsupported: { status: 415, title: 'Not a supported kind of content' },
  invalid: { status: 422, title: 'Some fields are wrong' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  unavailable: { status: 503, title: 'Not available at the moment' },
};

export const problemContentType = 'application/problem+json; charset=utf-8';

/** Facts of a conflict tell the caller how things stand; other failures show their code and message alone. */
export function problemOf(error: AppError): Problem {
  const { status, title } = statuses[error.kind];
  return {
    type: `urn:relance:problem:${error.code}`,
    title,
    status,
    code: error.code,
    detail: error.message,
    traceId: randomUUID(),
    errors: error.issues,
    ...(error.kind === 'conflict' ? { ...error.facts } : {}),
  };
}

/** What a caller is told of a failure that nobody foresaw: nothing but where to look. */
export function problemOfBug(): Problem {
  return {
    type: 'urn:relance:problem:bug',
    title: 'Something went wrong here',
    status: 500,
    code: 'bug',
    detail: 'This is our fault. The trace id finds it in the log',
    traceId: randomUUID(),
    errors: [],
  };
}

/** What a caller is told whose bytes Node refused before they were a request, by Node's code. */
export function problemOfUnreadable(code: string): Problem {
  const { status, title, detail } = unreadable[code] ?? {
    status: 400,
    title: 'Bad Request',
    detail: 'This is not a request that can be read',
  };
  const name = 'http.unreadable';
  return {
    type: `urn:relance:problem:${name}`,
    title,
    status,
    code: name,
    detail,
    traceId: randomUUID(),
    errors: [],
  };
}

const unreadable: Readonly<Record<string, { status: number; title: string; detail: string }>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    title: 'Request Header Fields Too Large',
    detail: 'The headers are too large',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    title: 'Request Timeout',
    detail: 'The request did not arrive whole in time',
  },
};

/**
 * What a failure means to whoever asked. Each edge maps kinds once; HTTP statuses stand in `@relance/http`.
 *
 * `malformed`: the bytes are not what they claim to be. `invalid`: they are, and a field in them is wrong.
 */
export type ErrorKind =
  | 'malformed'
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'precondition-failed'
  | 'too-large'
  | 'unsupported'
  | 'rate-limited'
  | 'unavailable';

/** One wrong field. */
export interface FieldIssue {
  /** JSON pointer into what was sent: `/weekly/mon/0`. */
  readonly pointer: string;
  /** Never changes once shipped. */
  readonly code: string;
  readonly message: string;
}

/** An expected failure. Its `code` never changes once shipped; nobody branches on its message. A bug is a plain Error. */
export abstract class AppError extends Error {
  abstract readonly code: string;
  abstract readonly kind: ErrorKind;
  /** Facts for logs and for the caller. No names, addresses, phones or secrets. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly issues: readonly FieldIssue[];
  /** Seconds after which it is worth asking again. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    message: string,
    facts: Readonly<Record<string, unknown>> = {},
    more: { cause?: unknown; issues?: readonly FieldIssue[]; retryAfterSeconds?: number } = {},
  ) {
    super(message, more.cause === undefined ? {} : { cause: more.cause });
    this.name = new.target.name;
    this.facts = facts;
    this.issues = more.issues ?? [];
    this.retryAfterSeconds = more.retryAfterSeconds;
  }
}

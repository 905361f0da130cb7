import type { IncomingHttpHeaders } from 'node:http';
import type { LiveSource } from '../store/live-source.js';

/** One request at a door, with the bytes as they came. */
export interface Incoming {
  readonly source: LiveSource;
  readonly body: Buffer;
  /** Without parameters, lower-case. */
  readonly mediaType: string;
  readonly headers: IncomingHttpHeaders;
  /** Path and query, as they came. */
  readonly url: string;
  readonly receivedAt: Date;
}

/** What the sender is told. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One way in: a path under `/in/` and what is done with what comes there. */
export interface Door {
  /** With `:key` for the source. */
  readonly path: string;
  /** Sources of these kinds have this door. */
  readonly kinds: readonly LiveSource['kind'][];
  readonly mediaTypes: ReadonlySet<string>;
  /** Strangers' browsers come here: their number is limited per address, and pages of other origins may be let in. */
  readonly isPublic: boolean;
  /** @throws an AppError that says what is wrong. */
  receive(incoming: Incoming): Promise<Answer>;
}

/** An answer in JSON. */
export function jsonAnswer(status: number, body: unknown): Answer {
  return { status, headers: jsonHeaders, body: JSON.stringify(body) };
}

const jsonHeaders = { 'content-type': 'application/json; charset=utf-8' } as const;

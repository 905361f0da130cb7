import type { AnyEvent, Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';

/** Takes a batch of one type, at most one event per key, in the open transaction. Catches nothing. */
export type Handle = (events: readonly Envelope<never>[], tx: Tx) => Promise<void>;

/** A consumer group: everything one service hears. Groups know nothing of each other. */
export interface Group {
  /** Written once, never taken from a class name: the service. */
  readonly name: string;
  readonly handlers: ReadonlyMap<string, { readonly event: AnyEvent; readonly handle: Handle }>;
}

/** The topics that carry what the group hears. */
export function topicsOf(group: Group): string[] {
  return [...new Set([...group.handlers.values()].map((handler) => handler.event.topic))];
}

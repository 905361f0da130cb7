import type { Tx } from '@relance/postgres';
import type { Group } from './group.js';
import type { StoredEvent } from './stored-event.js';

/**
 * Brings the log's events to consumer groups: at least once, one key's events in the order they were appended.
 * Held to one conformance suite (`test/conformance.ts`).
 */
export interface Transport {
  /** Starts delivering to the group; `run` takes chunks one after the other. */
  open(group: Group, run: RunChunk): Promise<Reader>;
  /**
   * Hands every kept event to the group again, from the oldest. The group's inbox is emptied and `reset` runs in the
   * same transaction, with the position of the oldest kept event.
   */
  replay(group: string, reset: (tx: Tx, fromPosition: number) => Promise<void>): Promise<void>;
  /** Readers of the transport's own that run in this process, between the log and the groups. */
  relays(): Promise<readonly ReaderLag[]>;
  close(): Promise<void>;
}

/** How far one reader is behind the log. */
export interface ReaderLag {
  readonly service: string;
  readonly reader: string;
  readonly state: Reader['state'];
  readonly lagEvents: number;
  readonly lagSeconds: number;
}

/** A chunk in hand. */
export interface Chunk {
  readonly events: readonly StoredEvent[];
  /**
   * Called inside the transaction of the effect, with the last event it covers.
   *
   * @throws {Superseded} when the chunk is no longer this reader's to handle.
   */
  settle(tx: Tx, last: StoredEvent): Promise<void>;
  /** Called between the transactions of a chunk that takes several. Throws when the reader lost its share of the group: the chunk ends there. */
  heartbeat(): Promise<void>;
  /** Aborted when the reader is to stop: finish the transaction in hand, begin no other. */
  readonly signal: AbortSignal;
}

/** Handles a chunk. @returns the number of events that are settled; fewer than all when told to stop. @throws {ReaderStopped} {Superseded} */
export type RunChunk = (chunk: Chunk) => Promise<number>;

export interface Reader {
  readonly group: string;
  /** `stopped`: twenty leads were parked in a row, or the reader ended for good; people must look. */
  readonly state: 'running' | 'waiting' | 'stopped';
  /** Committed events the group hears and has not handled, and the age of the oldest in seconds. */
  lag(): Promise<{ lagEvents: number; lagSeconds: number }>;
  /** Finishes the transaction in hand and reads no more. */
  close(): Promise<void>;
}

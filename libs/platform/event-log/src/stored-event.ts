import type { Envelope } from '@relance/events';

/** An event as a transport hands it over: the columns of the log, and the whole envelope. */
export interface StoredEvent {
  readonly position: number;
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly id: string;
  readonly envelope: Envelope;
}

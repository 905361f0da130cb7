import type { KafkaMessage } from 'kafkajs';
import type { Envelope } from '@relance/events';
import type { StoredEvent } from '../stored-event.js';

/** The type of the event that a record holds, from its header; null for a record that is not one of ours. */
export function typeOf(record: KafkaMessage): string | null {
  return headerOf(record, 'type');
}

/** Whose record it is: the log, and the epoch in which its relay wrote it. */
export interface Origin {
  readonly log: string;
  readonly epoch: number;
}

/** The header that says a record's origin. */
export function originHeader({ log, epoch }: Origin): string {
  return `${log}/${epoch}`;
}

/** Null for a record that no relay wrote. */
export function originOf(record: KafkaMessage): Origin | null {
  const [log, epoch] = headerOf(record, 'log')?.split('/') ?? [];
  return log === undefined || epoch === undefined ? null : { log, epoch: Number(epoch) };
}

/** The event that a record holds; null when it holds none. */
export function eventOf(topic: string, type: string, record: KafkaMessage): StoredEvent | null {
  const envelope = parsed(record.value);
  if (envelope === null) return null;
  return { position: envelope.position, topic, key: envelope.subject, type, id: envelope.id, envelope };
}

function parsed(value: Buffer | null): Envelope | null {
  if (value === null) return null;
  try {
    const envelope = JSON.parse(value.toString()) as Partial<Envelope> | null;
    return typeof envelope?.position === 'number' && typeof envelope.id === 'string' ? (envelope as Envelope) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function headerOf(record: KafkaMessage, name: string): string | null {
  const value = record.headers?.[name];
  return value === undefined || Array.isArray(value) ? null : value.toString();
}

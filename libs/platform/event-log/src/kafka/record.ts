import type { KafkaMessage } from 'kafkajs';
import type { Envelope } from '@relance/events';
import type { StoredEvent } from '../stored-event.js';

/** The type of the event that a record holds, from its header; null for a record that is not one of ours. */
export function typeOf(record: KafkaMessage): string | null {
  return headerOf(record, 'type');
}

/** The epoch of the relay that wrote the record. */
export function epochOf(record: KafkaMessage): number {
  return Number(headerOf(record, 'epoch') ?? 0);
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

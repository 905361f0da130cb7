import type { z } from 'zod';
import { v5 as uuidV5 } from 'uuid';
import { newId } from './new-id.js';

/** One topic for each kind of key, so that one lead's events keep one order across types. */
export const topics = ['relance.leads', 'relance.companies', 'relance.members'] as const;
export type Topic = (typeof topics)[number];

/** A fact that services tell each other. Made by {@link defineEvent} only. */
export interface EventDefinition<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly version: number;
  readonly topic: Topic;
  /** `urn:relance:event:lead.scored:1`: type and version, as the envelope's `dataschema` has them. */
  readonly dataschema: string;
  readonly data: z.ZodType<Data>;
  key(data: Data): string;
  /** The number that orders snapshots of one key, if the fact is one. */
  revision?(data: Data): number;
  /** True for a fact that must be heard even while earlier ones of its key are parked. */
  readonly overtakes: boolean;
}

/** Any event, where its data's type does not matter. */
export interface AnyEvent {
  readonly type: string;
  readonly version: number;
  readonly topic: Topic;
  readonly dataschema: string;
  readonly data: z.ZodType;
  readonly overtakes: boolean;
}

export type DataOf<Definition> = Definition extends EventDefinition<string, infer Data> ? Data : never;

/** Declares an event. The type is a noun and a past tense; a change adds fields, a break is a new version said beside the old. */
export function defineEvent<const Type extends string, Schema extends z.ZodType>(definition: {
  type: Type;
  version: number;
  topic?: Topic;
  data: Schema;
  key: (data: z.infer<Schema>) => string;
  revision?: (data: z.infer<Schema>) => number;
  overtakes?: boolean;
}): EventDefinition<Type, z.infer<Schema>> {
  return {
    type: definition.type,
    version: definition.version,
    topic: definition.topic ?? 'relance.leads',
    dataschema: `urn:relance:event:${definition.type}:${definition.version}`,
    data: definition.data as z.ZodType<z.infer<Schema>>,
    key: definition.key,
    ...(definition.revision ? { revision: definition.revision } : {}),
    overtakes: definition.overtakes ?? false,
  };
}

/** A fact as it stands in the log: CloudEvents 1.0 with our extensions. */
export interface Envelope<Data = unknown> {
  readonly specversion: '1.0';
  readonly id: string;
  readonly type: string;
  /** `/relance/scoring`: who said it. */
  readonly source: string;
  /** The key: lead id, company id or member key. */
  readonly subject: string;
  /** When it happened. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly dataschema: string;
  readonly data: Data;
  /** The first submission of the story. */
  readonly correlationid: string;
  /** The event that led to this one. */
  readonly causationid?: string;
  readonly revision?: number;
  readonly traceparent?: string;
  /** The database's clock when it was appended; the one clock promises are held to. */
  readonly recordedat: string;
  /** The order of commits. */
  readonly position: number;
}

/** A fact that is about to be appended: everything but what the log itself adds. */
export type Announcement = Omit<Envelope, 'recordedat' | 'position'> & { readonly topic: Topic };

/** An announcement of one definition, before it is minted. */
export interface Saying<Data> {
  readonly data: Data;
  /** The service that says it, as it stands in `flow.ts`. */
  readonly by: string;
  /** When it happened. */
  readonly at: Date;
}

function announcement<Data>(
  definition: EventDefinition<string, Data>,
  saying: Saying<Data>,
  ids: { id: string; correlationid: string; causationid?: string | undefined; traceparent?: string | undefined },
): Announcement {
  const revision = definition.revision?.(saying.data);
  return {
    specversion: '1.0',
    id: ids.id,
    type: definition.type,
    source: `/relance/${saying.by}`,
    subject: definition.key(saying.data),
    time: saying.at.toISOString(),
    datacontenttype: 'application/json',
    dataschema: definition.dataschema,
    data: saying.data,
    correlationid: ids.correlationid,
    ...(ids.causationid === undefined ? {} : { causationid: ids.causationid }),
    ...(revision === undefined ? {} : { revision }),
    ...(ids.traceparent === undefined ? {} : { traceparent: ids.traceparent }),
    topic: definition.topic,
  };
}

/**
 * A fact that begins a story or that a person made: its id is a new UUIDv7.
 *
 * @param correlationId the first submission of the lead's story; the event's own id when there is none.
 */
export function announceNew<Data>(
  definition: EventDefinition<string, Data>,
  saying: Saying<Data>,
  correlationId?: string,
): Announcement {
  const id = newId();
  return announcement(definition, saying, { id, correlationid: correlationId ?? id });
}

/**
 * A fact that follows from another one. A repeated step mints the same id: UUIDv5 of the parent's id,
 * the step, the key and the index.
 *
 * @param step names the decision within the service: `score`, `assign`, `breach-2`.
 * @param index tells several facts of one step about one key apart.
 */
export function announceDerived<Data>(
  definition: EventDefinition<string, Data>,
  saying: Saying<Data>,
  parent: Pick<Envelope, 'id' | 'correlationid' | 'traceparent'>,
  step: string,
  index = 0,
): Announcement {
  return announcement(definition, saying, {
    id: derivedId(parent.id, `${definition.type}/${step}/${definition.key(saying.data)}/${index}`),
    correlationid: parent.correlationid,
    causationid: parent.id,
    traceparent: parent.traceparent,
  });
}

/** The id that a repeated step mints again: UUIDv5 of a name under a parent's UUID. */
export function derivedId(parentId: string, name: string): string {
  return uuidV5(name, parentId);
}

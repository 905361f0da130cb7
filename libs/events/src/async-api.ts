import { z } from 'zod';
import { topics } from './define-event.js';
import type { AnyEvent } from './define-event.js';
import { flow } from './flow.js';

type Json = Record<string, unknown>;

/** AsyncAPI 3 of everything services tell each other, from the schemas that validate it. */
export function asyncApi(): Json {
  const messages = Object.fromEntries(flow.map(({ event }) => [messageName(event), messageOf(event)]));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Relance events',
      version: '1.0.0',
      description:
        'CloudEvents 1.0 in structured JSON, one topic for each kind of key, in the order in which they were committed.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/cloudevents+json',
    channels: Object.fromEntries(
      topics.map((topic) => [
        channelName(topic),
        {
          address: topic,
          messages: Object.fromEntries(
            flow
              .filter(({ event }) => event.topic === topic)
              .map(({ event }) => [messageName(event), { $ref: `#/components/messages/${messageName(event)}` }]),
          ),
        },
      ]),
    ),
    operations: Object.fromEntries(
      flow.flatMap(({ event, saidBy, heardBy }) => [
        ...saidBy.map((service) => operation(service, 'send', event)),
        ...heardBy.map((service) => operation(service, 'receive', event)),
      ]),
    ),
    components: { messages },
  };
}

function operation(service: string, action: 'send' | 'receive', event: AnyEvent): [string, Json] {
  const channel = channelName(event.topic);
  return [
    `${service}.${action}.${messageName(event)}`,
    {
      action,
      tags: [{ name: service }],
      channel: { $ref: `#/channels/${channel}` },
      messages: [{ $ref: `#/channels/${channel}/messages/${messageName(event)}` }],
    },
  ];
}

function messageOf(event: AnyEvent): Json {
  return { name: event.type, contentType: 'application/cloudevents+json', payload: envelopeSchema(event) };
}

function envelopeSchema(event: AnyEvent): Json {
  const text = { type: 'string' };
  const instant = { type: 'string', format: 'date-time' };
  const { $schema: _schema, ...data } = z.toJSONSchema(event.data, {
    target: 'draft-7',
    io: 'input',
    reused: 'inline',
  }) as Json;
  return {
    type: 'object',
    required: [
      'specversion',
      'id',
      'type',
      'source',
      'subject',
      'time',
      'dataschema',
      'data',
      'correlationid',
      'recordedat',
      'position',
    ],
    properties: {
      specversion: { const: '1.0' },
      id: { type: 'string', format: 'uuid' },
      type: { const: event.type },
      source: text,
      subject: text,
      time: instant,
      datacontenttype: { const: 'application/json' },
      dataschema: { const: event.dataschema },
      correlationid: text,
      causationid: text,
      revision: { type: 'integer' },
      traceparent: text,
      recordedat: instant,
      position: { type: 'integer' },
      data,
    },
  };
}

function messageName(event: AnyEvent): string {
  return event.type.replaceAll('.', '-');
}

function channelName(topic: string): string {
  return topic.replace('relance.', '');
}

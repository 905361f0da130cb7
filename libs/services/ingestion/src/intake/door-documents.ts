import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { ServiceDocuments } from '@relance/bootstrap';

type Paths = Parameters<ServiceDocuments['add']>[0];

/** Describes the doors in OpenAPI: they are beside Nest, which knows nothing of them. */
@Injectable()
export class DoorDocuments implements OnModuleInit {
  constructor(private readonly documents: ServiceDocuments) {}

  onModuleInit(): void {
    this.documents.add(paths);
  }
}

const text = { type: 'string' as const };
const key = { name: 'key', in: 'path' as const, required: true, description: 'the source', schema: text };
const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header' as const,
  required: false,
  description: 'a repeat within 24 hours gets the first answer; with another body it is refused',
  schema: text,
};
const fields = { type: 'object' as const, additionalProperties: text };
const problem = (description: string) => ({ description, content: { 'application/problem+json': {} } });
const refusals = {
  400: problem('the body is not what its content type says'),
  403: problem('the source is disabled, or the secret is wrong'),
  404: problem('there is no such source'),
  413: problem('larger than 256 KiB'),
  415: problem('not a content type this door takes'),
  422: problem('fields are wrong, or the Idempotency-Key belongs to another body'),
  429: problem('too many from this address'),
  503: problem('nothing can be accepted at the moment'),
};

const paths: Paths = {
  '/in/forms/{key}': {
    post: {
      operationId: 'FormDoor.receive',
      description:
        'A form. The fields that are understood, and a mapping of others, are told in the README of ingestion.',
      security: [],
      parameters: [key, idempotencyKey],
      requestBody: {
        content: {
          'application/x-www-form-urlencoded': { schema: fields },
          'multipart/form-data': { schema: fields },
          'application/json': { schema: { type: 'object' as const } },
          'text/plain': { schema: { ...text, description: 'JSON' } },
        },
      },
      responses: {
        202: {
          description: 'committed; a repeat gets the same answer',
          content: {
            'application/json': {
              schema: {
                type: 'object' as const,
                required: ['submissionId', 'leadId', 'status'],
                properties: {
                  submissionId: { ...text, format: 'uuid' },
                  leadId: { ...text, format: 'uuid' },
                  status: { ...text, enum: ['accepted', 'quarantined'] },
                },
              },
            },
          },
        },
        200: { description: "our thank-you page, for a browser's own post", content: { 'text/html': {} } },
        303: { description: "to the form's `redirect`, where the source allows it, for a browser's own post" },
        ...refusals,
      },
    },
  },
  '/in/engagements/{key}': {
    post: {
      operationId: 'EngagementDoor.receive',
      description: "What a known person did, told by a server with the source's secret as bearer.",
      security: [{ bearer: [] }],
      parameters: [key],
      requestBody: {
        content: {
          'application/json': {
            schema: {
              type: 'object' as const,
              required: ['id', 'email', 'kind'],
              properties: {
                id: text,
                email: text,
                kind: { ...text, description: 'webinar.attended, page.viewed …' },
                at: { ...text, format: 'date-time' },
                properties: { type: 'object' as const },
              },
            },
          },
        },
      },
      responses: {
        202: { description: 'noted; a repeat of the id changes nothing' },
        401: problem('no secret'),
        ...refusals,
      },
    },
  },
};

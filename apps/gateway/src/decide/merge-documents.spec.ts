import { expect, it } from '@jest/globals';
import { mergeDocuments } from './merge-documents.js';

const refTo = (name: string): object => ({ $ref: `#/components/schemas/${name}` });

it('puts paths and schemas together, and what stands in both once', () => {
  const health = { get: { operationId: 'Health.ready' } };
  expect(
    mergeDocuments([
      {
        service: 'scoring',
        document: {
          openapi: '3.1.1',
          paths: { '/health/ready': health, '/api/scoring': {} },
          components: { schemas: { Fit: { type: 'number' } } },
        },
      },
      {
        service: 'routing',
        document: {
          openapi: '3.1.1',
          paths: { '/health/ready': health, '/api/routing': {} },
          components: { schemas: { Team: { type: 'string' } } },
        },
      },
    ]),
  ).toEqual({
    openapi: '3.1.1',
    paths: { '/health/ready': health, '/api/scoring': {}, '/api/routing': {} },
    components: { schemas: { Fit: { type: 'number' }, Team: { type: 'string' } } },
  });
});

it('keeps two meanings of one schema name apart, and references to each', () => {
  const merged = mergeDocuments([
    {
      service: 'scoring',
      document: { paths: { '/a': refTo('Rule') }, components: { schemas: { Rule: { type: 'number' } } } },
    },
    {
      service: 'routing',
      document: {
        paths: { '/b': refTo('Rule') },
        components: { schemas: { Rule: { type: 'array', items: refTo('Rule') } } },
      },
    },
  ]);
  expect(merged).toEqual({
    paths: { '/a': refTo('Rule'), '/b': refTo('routing.Rule') },
    components: {
      schemas: { Rule: { type: 'number' }, 'routing.Rule': { type: 'array', items: refTo('routing.Rule') } },
    },
  });
});

it('is nothing when nobody told anything', () => {
  expect(mergeDocuments([])).toBeNull();
});

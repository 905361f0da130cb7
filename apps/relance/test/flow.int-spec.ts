import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventLog, Readers } from '@relance/event-log';
import { LeadScored, announceNew, flow, services as serviceNames } from '@relance/events';
import type { LeadId } from '@relance/lead';
import { anId, testApp } from '@relance/testing';
import type { TestApp } from '@relance/testing';
import { services } from '../src/services.js';

let relance: TestApp;

beforeAll(async () => {
  relance = await testApp(services);
});

afterAll(() => relance.close());

describe('who says what to whom', () => {
  it.each(serviceNames)('%s hears exactly what the flow says', (service) => {
    const group = relance.app
      .get(Readers)
      .groups()
      .find(({ name }) => name === service);
    const heard = [...(group?.handlers.keys() ?? [])].sort();
    const listed = flow.filter(({ heardBy }) => heardBy.includes(service)).map(({ event }) => event.type);
    expect(heard).toEqual(listed.sort());
  });

  it('lets nobody say what the flow does not know of them', async () => {
    const leadId = anId<LeadId>();
    const stolen = announceNew(LeadScored, { by: 'routing', at: new Date(), data: { leadId } as never });
    await expect(relance.db.transaction((tx) => relance.app.get(EventLog).append(tx, [stolen]))).rejects.toThrow(
      '/relance/routing says lead.scored',
    );
  });
});

describe('the documents', () => {
  it('serves OpenAPI 3.1 with every public path', async () => {
    const { status, json } = await relance.call('GET', '/api/docs');
    expect(status).toBe(200);
    expect(json.openapi).toMatch(/^3\.1/);
    expect(Object.keys(json.paths)).toEqual(
      expect.arrayContaining([
        '/in/forms/{key}',
        '/in/engagements/{key}',
        '/api/ingestion/sources',
        '/api/ingestion/sources/{key}',
        '/api/ingestion/quarantine',
        '/api/scoring/preview',
        '/api/routing/teams/{key}',
        '/api/routing/members/{key}',
        '/api/routing/rules',
        '/api/routing/rules/draft',
        '/api/routing/rules/draft/publish',
        '/api/routing/inbox',
        '/api/routing/held',
        '/api/routing/leads/{leadId}/decisions',
        '/api/routing/assignments/{id}/contacts',
        '/api/sla/policies/{key}',
        '/api/sla/clocks',
        '/api/sla/breaches',
        '/api/sla/alerts',
        '/api/sla/working-time/preview',
        '/api/desk/leads',
        '/api/desk/leads/{leadId}',
        '/api/desk/tokens',
        '/api/operations/readers',
        '/api/operations/dead-letters',
        '/api/operations/dead-letters/redrive',
        '/health/ready',
      ]),
    );
  });

  it('serves AsyncAPI 3 of every event', async () => {
    const { json } = await relance.call('GET', '/api/events');
    expect(json.asyncapi).toBe('3.0.0');
    const names = Object.values(json.components.messages as Record<string, { name: string }>).map(({ name }) => name);
    expect(names.sort()).toEqual(flow.map(({ event }) => event.type).sort());
  });
});

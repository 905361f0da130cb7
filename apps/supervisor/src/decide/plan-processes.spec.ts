import { expect, it } from '@jest/globals';
import type { Service } from '@relance/events';
import { planProcesses } from './plan-processes.js';

const services: Service[] = ['ingestion', 'scoring', 'sla-watchdog'];

function plan(instances: [Service, number][]): ReturnType<typeof planProcesses> {
  let port = 4000;
  return planProcesses(
    {
      instances: new Map(instances),
      host: '0.0.0.0',
      gatewayPort: 80,
      publicUrl: 'https://leads.example.org',
      shared: { DATABASE_URL: 'postgres://secret' },
      trustedProxies: '10.0.0.1',
    },
    services,
    () => ++port,
  );
}

it('gives every process a name and a port of its own', () => {
  const planned = plan([['scoring', 2]]).services;
  expect(planned.map(({ name, app, port }) => [name, app, port])).toEqual([
    ['ingestion', 'ingestion', 4001],
    ['scoring', 'scoring', 4002],
    ['scoring-2', 'scoring', 4003],
    ['sla-watchdog', 'sla-watchdog', 4004],
  ]);
});

it('tells the gateway where every instance is, and no secret', () => {
  expect(plan([['scoring', 2]]).gateway.environment).toEqual({
    HOST: '0.0.0.0',
    PORT: '80',
    TRUSTED_PROXIES: '10.0.0.1',
    INGESTION_URL: 'http://127.0.0.1:4001',
    SCORING_URL: 'http://127.0.0.1:4002,http://127.0.0.1:4003',
    SLA_WATCHDOG_URL: 'http://127.0.0.1:4004',
  });
});

it('tells services to believe the gateway alone, and where the world reaches it', () => {
  expect(plan([]).services[0]?.environment).toEqual({
    DATABASE_URL: 'postgres://secret',
    HOST: '127.0.0.1',
    PORT: '4001',
    PUBLIC_URL: 'https://leads.example.org',
    TRUSTED_PROXIES: '127.0.0.1',
  });
});

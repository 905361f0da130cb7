import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Service } from '@relance/events';
import { Running, serviceNames } from '@relance/process';
import { eventually } from '@relance/testing';
import { openGateway } from '../src/open-gateway.js';
import { StandInService, json } from './stand-in-service.js';

let services: Record<Service, StandInService>;
let second: StandInService;
let gateway: Running;

const startGateway = (more: Record<string, string> = {}): Promise<Running> =>
  Running.start((opened) =>
    openGateway(
      {
        PORT: '0',
        LOG_LEVEL: 'error',
        INGESTION_URL: services.ingestion.origin,
        SCORING_URL: `${services.scoring.origin},${second.origin}`,
        ROUTING_URL: services.routing.origin,
        SLA_WATCHDOG_URL: services['sla-watchdog'].origin,
        NURTURE_URL: services.nurture.origin,
        DESK_URL: services.desk.origin,
        ...more,
      },
      opened,
    ),
  );

beforeEach(async () => {
  const started = await Promise.all(
    serviceNames.map(async (name) => [name, await new StandInService().start()] as const),
  );
  services = Object.fromEntries(started) as Record<Service, StandInService>;
  second = await new StandInService().start();
  gateway = await startGateway();
});

afterEach(async () => {
  await gateway.stop();
  await Promise.all([...Object.values(services), second].map((service) => service.stop()));
});

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(gateway.origin + path, { headers });

async function post(path: string, body: unknown): Promise<unknown> {
  const response = await fetch(gateway.origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer them' },
    body: JSON.stringify(body),
  });
  return response.json();
}

describe('what is passed on', () => {
  it.each(['application/json', 'application/x-www-form-urlencoded', 'text/csv', 'multipart/form-data; boundary=x'])(
    'leaves the bytes of %s as they came: signatures are over them',
    async (type) => {
      const body = randomBytes(300_000);
      await fetch(`${gateway.origin}/in/forms/site?a=1&b=%2F`, {
        method: 'POST',
        headers: { 'content-type': type, 'x-signature': 'abc' },
        body,
      });

      const [asked] = services.ingestion.asked;
      expect(asked).toMatchObject({ method: 'POST', url: '/in/forms/site?a=1&b=%2F' });
      expect(asked?.headers).toMatchObject({ 'content-type': type, 'x-signature': 'abc' });
      expect(asked?.body.equals(body)).toBe(true);
    },
  );

  it('hands back status, headers and a redirect as the service said them', async () => {
    services.desk.answer = (_asked, response) => {
      response.writeHead(303, { location: '/thanks', 'set-cookie': ['a=1', 'b=2'], etag: '"7"' });
      response.end();
    };
    const response = await fetch(`${gateway.origin}/inbox`, { redirect: 'manual' });
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('/thanks');
    expect(response.headers.get('etag')).toBe('"7"');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  it('passes pieces of an answer on as they come: live updates', async () => {
    let end = (): void => undefined;
    services.desk.answer = (_asked, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: first\n\n');
      end = () => void response.end('data: last\n\n');
    };
    const response = await get('/api/desk/live');
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe('data: first\n\n');
    end();
    expect((await reader.read()).value).toBe('data: last\n\n');
  });

  it('takes a large upload whose sender waits to be told to go on', async () => {
    const status = await new Promise((resolve, reject) => {
      const sent = request(
        `${gateway.origin}/api/ingestion/imports`,
        { method: 'POST', headers: { expect: '100-continue', 'content-type': 'text/csv' } },
        (response) => resolve(response.resume().statusCode),
      );
      sent.on('error', reject);
      sent.on('continue', () => sent.end('a,b\n1,2\n'));
      sent.flushHeaders();
    });
    expect(status).toBe(200);
    expect(services.ingestion.asked[0]?.body.toString()).toBe('a,b\n1,2\n');
  });
});

describe('whose request it is', () => {
  it('tells the address it sees, whatever the caller claims', async () => {
    await get('/in/forms/site', { 'x-forwarded-for': '203.0.113.9' });
    expect(services.ingestion.asked[0]?.headers['x-forwarded-for']).toBe('127.0.0.1');
  });

  it('believes a proxy in front of it that it was told to believe', async () => {
    await gateway.stop();
    gateway = await startGateway({ TRUSTED_PROXIES: '127.0.0.0/8' });
    await get('/in/forms/site', { 'x-forwarded-for': '198.51.100.1, 203.0.113.9' });
    expect(services.ingestion.asked[0]?.headers['x-forwarded-for']).toBe('203.0.113.9');
  });

  it('keeps the host that was asked for', async () => {
    await get('/inbox');
    expect(services.desk.asked[0]?.headers).toMatchObject({
      host: new URL(gateway.origin).host,
      'x-forwarded-host': new URL(gateway.origin).host,
      'x-forwarded-proto': 'http',
    });
  });
});

describe('a service that is down', () => {
  it('answers 503 with a problem and when to ask again; the others go on', async () => {
    await services.routing.stop();
    const response = await get('/api/routing/inbox');
    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await response.json()).toMatchObject({ status: 503, code: 'gateway.service-unreachable' });
    expect((await get('/api/sla/clocks')).status).toBe(200);
  });

  it('is found again when it is back', async () => {
    const port = Number(new URL(services.routing.origin).port);
    await services.routing.stop();
    expect((await get('/api/routing/inbox')).status).toBe(503);
    services.routing = await new StandInService().start(port);
    await eventually(async () => (await get('/api/routing/inbox')).status === 200);
  });

  it('makes the gateway not ready, and says who', async () => {
    expect((await get('/health/ready')).status).toBe(200);
    services.nurture.isReady = false;
    const response = await get('/health/ready');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      status: 'not-ready',
      checks: { nurture: { isReady: false, why: 'is not ready' }, desk: { isReady: true } },
    });
  });

  it('answers its own 503 at once: the caller asks again, not the gateway', async () => {
    services.desk.answer = json({ code: 'database.unavailable' }, 503);
    const response = await get('/api/desk/leads');
    expect(response.status).toBe(503);
    expect(services.desk.asked).toHaveLength(1);
  });
});

describe('two instances of one service', () => {
  it('take turns', async () => {
    for (let turn = 0; turn < 6; turn++) await get('/api/scoring/definitions');
    expect([services.scoring.asked.length, second.asked.length]).toEqual([3, 3]);
  });

  it('stand in for each other', async () => {
    await second.stop();
    await eventually(async () => {
      const turns = await Promise.all([1, 2, 3, 4].map(() => get('/api/scoring/definitions')));
      return turns.every(({ status }) => status === 200);
    });
    second = await new StandInService().start();
  });
});

describe('what is said for all services', () => {
  const reader = (service: string, lagEvents: number): object => ({
    service,
    reader: service,
    state: 'waiting',
    lagEvents,
    lagSeconds: 0,
  });

  it('adds readers up, in the caller’s name, and shows who does not answer', async () => {
    for (const name of serviceNames) services[name].answer = json({ items: [reader(name, 1)] });
    second.answer = json({ items: [reader('scoring', 4)] });
    await services.desk.stop();
    await eventually(async () => (await get('/api/desk/leads')).status === 503);

    const response = await get('/api/operations/readers', { authorization: 'Bearer them' });

    const { items } = (await response.json()) as { items: unknown[] };
    expect(items).toHaveLength(6);
    expect(items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ service: 'routing', lagEvents: 1 }),
        expect.objectContaining({ service: 'scoring', lagEvents: 4 }),
        { service: 'desk', error: 'does not answer' },
      ]),
    );
    expect(services.routing.asked[0]?.headers.authorization).toBe('Bearer them');
  });

  it('refuses as the services refuse', async () => {
    for (const service of [...Object.values(services), second])
      service.answer = json({ status: 401, code: 'auth.token-missing' }, 401);
    for (const path of [
      '/api/operations/readers',
      '/api/operations/dead-letters',
      '/api/docs',
      '/api/events',
      '/metrics',
    ]) {
      const response = await get(path);
      expect([path, response.status]).toEqual([path, 401]);
      expect(await response.json()).toMatchObject({ code: 'auth.token-missing' });
    }
  });

  it('pages through the dead letters of all of them, newest first', async () => {
    const cursorOf = (id: string): string => Buffer.from(JSON.stringify(id)).toString('base64url');
    const lettersOf =
      (ids: string[]): StandInService['answer'] =>
      (asked, response) => {
        const asking = new URL(asked.url, 'http://x').searchParams;
        const limit = Number(asking.get('limit'));
        const cursor = asking.get('cursor');
        const before = cursor === null ? 'z' : (JSON.parse(Buffer.from(cursor, 'base64url').toString()) as string);
        const older = ids.filter((id) => id < before);
        const items = older.slice(0, limit).map((id) => ({ id }));
        const last = items.at(-1)?.id;
        json({ items, nextCursor: older.length > limit && last ? cursorOf(last) : null })(asked, response);
      };
    for (const service of [...Object.values(services), second]) service.answer = lettersOf([]);
    services.routing.answer = lettersOf(['e', 'c', 'a']);
    services.desk.answer = lettersOf(['d', 'b']);

    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const response = await get(`/api/operations/dead-letters?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`);
      const page = (await response.json()) as { items: { id: string }[]; nextCursor: string | null };
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);

    expect(seen).toEqual(['e', 'd', 'c', 'b', 'a']);
  });

  it('sends each letter to be redriven to the service that has it', async () => {
    const holding =
      (...own: string[]): StandInService['answer'] =>
      (asked, response) => {
        const { ids, dryRun } = JSON.parse(asked.body.toString()) as { ids: string[]; dryRun: boolean };
        const here = ids.filter((id) => own.includes(id));
        const skipped = ids.filter((id) => !own.includes(id)).map((id) => ({ id, why: 'not read here' }));
        json({ eligible: here.length, skipped, redriven: dryRun ? 0 : here.length })(asked, response);
      };
    for (const service of [...Object.values(services), second]) service.answer = holding();
    services.routing.answer = holding('r1', 'r2');
    services.desk.answer = holding('d1');

    expect(await post('/api/operations/dead-letters/redrive', { ids: ['r1', 'd1', 'x'], dryRun: true })).toEqual({
      eligible: 2,
      skipped: [{ id: 'x', why: 'not read here' }],
      redriven: 0,
    });
    expect(await post('/api/operations/dead-letters/redrive', { ids: ['r1', 'd1', 'x'] })).toEqual({
      eligible: 2,
      skipped: [{ id: 'x', why: 'not read here' }],
      redriven: 2,
    });
  });

  it('asks each service to redrive its own group alone', async () => {
    for (const service of [...Object.values(services), second])
      service.answer = (asked, response) => {
        const { filter } = JSON.parse(asked.body.toString()) as { filter: { group?: string } };
        json({ eligible: 1, skipped: [], redriven: filter.group === undefined ? 0 : 1 })(asked, response);
      };
    expect(await post('/api/operations/dead-letters/redrive', { filter: {} })).toEqual({
      eligible: 6,
      skipped: [],
      redriven: 6,
    });
    expect(await post('/api/operations/dead-letters/redrive', { filter: { group: 'routing' } })).toEqual({
      eligible: 1,
      skipped: [],
      redriven: 1,
    });
  });

  it('puts the documents of all of them together', async () => {
    for (const name of serviceNames)
      services[name].answer = json({ openapi: '3.1.1', paths: { [`/api/${name}`]: {}, '/health/ready': {} } });
    second.answer = services.scoring.answer;
    const document = (await (await get('/api/docs')).json()) as { paths: object };
    expect(Object.keys(document.paths).sort()).toEqual(
      [...serviceNames.map((name) => `/api/${name}`), '/health/ready'].sort(),
    );
  });

  it('tells its own metrics to whom a service tells its own', async () => {
    await get('/inbox');
    const text = await (await get('/metrics')).text();
    expect(text).toContain('relance_gateway_answer_seconds_count{service="desk",status="2xx"} ');
    expect(text).toContain('relance_gateway_living_instances{service="scoring"} 2');
  });
});

it('refuses a path that leads out of its prefix', async () => {
  const status = await new Promise((resolve) => {
    request(`${gateway.origin}/in/..%2fapi/routing/inbox`, (response) => resolve(response.resume().statusCode)).end();
  });
  expect(status).toBe(400);
  expect(services.ingestion.asked).toHaveLength(0);
});

it('refuses with a problem what is not HTTP', async () => {
  const { hostname, port } = new URL(gateway.origin);
  const socket = connect(Number(port), hostname);
  socket.write('good morning\r\n\r\n');
  let said = '';
  for await (const piece of socket) said += String(piece);
  expect(said).toMatch(/^HTTP\/1\.1 400 .*content-type: application\/problem\+json.*"code":"http\.unreadable"/s);
});

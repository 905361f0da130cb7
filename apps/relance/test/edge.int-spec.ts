import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { administratorToken, anId, testApp } from '@relance/testing';
import type { TestApp } from '@relance/testing';
import { services } from '../src/services.js';

let relance: TestApp;

beforeAll(async () => {
  relance = await testApp(services);
});

afterAll(() => relance.close());

interface Refusal {
  status: number;
  type: string | null;
  json: Record<string, unknown>;
}

/** Sends bytes as they are. */
async function send(method: string, path: string, body?: string, type = 'application/json'): Promise<Refusal> {
  const response = await fetch(relance.origin + path, {
    method,
    headers: {
      authorization: `Bearer ${administratorToken}`,
      ...(body === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined ? {} : { body }),
  });
  return answerOf(response.status, response.headers.get('content-type'), await response.text());
}

/** Writes to a connection of its own and reads until the other side hangs up. */
async function write(bytes: string): Promise<Refusal> {
  const { hostname, port } = new URL(relance.origin);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  let said = '';
  for await (const piece of socket) said += String(piece);
  const [head = '', body = ''] = said.split('\r\n\r\n');
  return answerOf(Number(head.split(' ')[1]), /content-type: ([^\r]*)/i.exec(head)?.[1] ?? null, body);
}

function answerOf(status: number, type: string | null, text: string): Refusal {
  return { status, type, json: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

const problem = (status: number, code: string): unknown => ({
  status,
  type: 'application/problem+json; charset=utf-8',
  json: expect.objectContaining({ status, code, traceId: expect.any(String), errors: expect.any(Array) }),
});

describe('what is refused before any handler sees it', () => {
  const draft = '/api/routing/rules/draft';

  it.each([
    ['half a body', 'PUT', draft, '{', 'application/json', 400, 'http.malformed'],
    ['a prototype', 'PUT', draft, '{"__proto__":{"a":1}}', 'application/json', 400, 'http.malformed'],
    ['a constructor', 'PUT', draft, '{"constructor":{"prototype":{}}}', 'application/json', 400, 'http.malformed'],
    ['too much', 'PUT', draft, `"${'x'.repeat(1_100_000)}"`, 'application/json', 413, 'http.too-large'],
    ['a form', 'PUT', draft, 'rules=1', 'application/x-www-form-urlencoded', 415, 'http.unsupported-type'],
    ['plain text', 'PUT', draft, '{}', 'text/plain', 415, 'http.unsupported-type'],
    ['XML', 'PUT', draft, '<a/>', 'application/xml', 415, 'http.unsupported-type'],
    ['no body at all', 'PUT', draft, '', 'application/json', 422, 'invalid-input'],
    ['NUL in a body', 'PUT', '/api/routing/teams/nul', '{"name":"a\\u0000"}', 'application/json', 422, 'invalid-input'],
    ['half a pair', 'PUT', '/api/routing/teams/half', '{"name":"\\ud800"}', 'application/json', 422, 'invalid-input'],
  ])('%s', async (_what, method, path, body, type, status, code) => {
    expect(await send(method, path, body, type)).toEqual(problem(status, code));
  });

  it.each([
    ['an address that is none', '/api/desk/leads/%zz', 400, 'http.malformed'],
    ['NUL in a path', '/api/routing/teams/a%00b', 422, 'invalid-input'],
    ['NUL in a query', '/api/routing/inbox?member=a%00', 422, 'invalid-input'],
    ['NUL at a public door', '/in/forms/a%00', 422, 'invalid-input'],
    ['NUL in a cursor', '/api/routing/teams?cursor=ImFcdTAwMDBiIg', 422, 'invalid-input'],
  ])('%s', async (_what, path, status, code) => {
    expect(await send('GET', path)).toEqual(problem(status, code));
  });

  it.each([
    ['what is not HTTP', 'good morning\r\n\r\n', 400],
    ['a length that is none', 'POST /in/forms/site HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n', 400],
    ['headers of 100 KB', `GET /health/live HTTP/1.1\r\nhost: x\r\nx-a: ${'a'.repeat(100_000)}\r\n\r\n`, 431],
  ])('%s', async (_what, bytes, status) => {
    expect(await write(bytes)).toEqual(problem(status, 'http.unreadable'));
  });

  it.each([
    ['half a body', '/api/routing/rules/draft/publish', '{', 'application/json', null, 401],
    ['a form', '/api/desk/tokens', 'a=b', 'application/x-www-form-urlencoded', null, 401],
    ['a form where nothing is', '/in/nowhere', 'a=b', 'application/x-www-form-urlencoded', null, 404],
    ['a form from who may not', '/api/desk/tokens', 'a=b', 'application/x-www-form-urlencoded', 'reader', 403],
  ])('who asks for what comes before the body: %s', async (_what, path, body, type, role, status) => {
    const made = role === null ? null : await relance.call('POST', '/api/desk/tokens', { name: role, role });
    const response = await fetch(relance.origin + path, {
      method: 'POST',
      headers: { 'content-type': type, ...(made ? { authorization: `Bearer ${String(made.json.token)}` } : {}) },
      body,
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([
      status,
      expect.stringContaining('problem'),
    ]);
  });

  it('a field of the body is named where it cannot be kept', async () => {
    const { json } = await send('PUT', '/api/routing/teams/nul', '{"calendar":{"timeZone":"a\\u0000"}}');

    expect(json['errors']).toEqual([expect.objectContaining({ pointer: '/calendar/timeZone' })]);
  });
});

describe('a list', () => {
  const lists = [
    '/api/desk/leads',
    '/api/desk/tokens',
    '/api/ingestion/sources',
    '/api/ingestion/quarantine',
    '/api/scoring/definitions',
    '/api/routing/teams',
    '/api/routing/members',
    '/api/routing/outcomes',
    '/api/routing/held',
    '/api/routing/inbox?member=lea',
    `/api/routing/leads/${crypto.randomUUID()}/decisions`,
    '/api/sla/policies',
    '/api/sla/calendars',
    '/api/sla/breaches',
    '/api/sla/alerts',
    `/api/sla/clocks?leadId=${crypto.randomUUID()}`,
    '/api/nurture/tracks',
    '/api/nurture/enrolments',
    '/api/nurture/sends',
    '/api/nurture/suppressions',
    '/api/operations/dead-letters',
  ];
  const asked = (path: string, query: string): string => `${path}${path.includes('?') ? '&' : '?'}${query}`;

  it.each(lists)('%s takes a limit and a cursor', async (path) => {
    const { json } = await send('GET', asked(path, 'limit=1&cursor='));
    expect(Object.keys(json).sort()).toEqual(['items', 'nextCursor']);
    expect(json['items']).toHaveLength(Math.min(1, (json['items'] as unknown[]).length));
    if (json['nextCursor'] !== null) {
      const next = await send('GET', asked(path, `limit=1&cursor=${json['nextCursor'] as string}`));
      expect(next.json['items']).not.toEqual(json['items']);
    }
    for (const query of ['limit=0', 'limit=501', 'limit=some', 'cursor=nonsense']) {
      expect(await send('GET', asked(path, query))).toEqual(problem(422, 'invalid-input'));
    }
  });
});

describe('what is not refused', () => {
  it('a merge patch under its own name', async () => {
    const key = `edge-${anId()}`;
    await relance.call('POST', '/api/ingestion/sources', { key, kind: 'form', name: 'Edge' });

    const patched = await send(
      'PATCH',
      `/api/ingestion/sources/${key}`,
      '{"name":"E"}',
      'application/merge-patch+json',
    );

    expect(patched).toMatchObject({ status: 200, json: { name: 'E' } });
  });

  it.each(['/api/desk/leads?query=ada&stage=&cursor=', '/api/routing/members?cursor=', '/api/sla/breaches?cursor='])(
    'an empty cursor begins at the beginning: %s',
    async (path) => {
      expect(await send('GET', path)).toMatchObject({ status: 200, json: { items: expect.any(Array) } });
    },
  );

  it('text that only looks as if it held a NUL', async () => {
    expect(
      await send(
        'PUT',
        `/api/routing/teams/t${anId()}`,
        '{"name":"a\\\\u0000","calendar":{"timeZone":"UTC","weekly":"always"}}',
      ),
    ).toMatchObject({
      status: 201,
      json: { name: 'a\\u0000' },
    });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { anId, testApp } from '@relance/testing';
import type { TestApp } from '@relance/testing';
import { services } from '../src/services.js';

let relance: TestApp;
let routes: { method: string; path: string }[];

beforeAll(async () => {
  relance = await testApp(services);
  const { json } = await relance.call('GET', '/api/docs');
  const paths = json.paths as Record<string, Record<string, unknown>>;
  routes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => ({
      method: method.toUpperCase(),
      path: path.replaceAll(/\{[^}]+\}/g, anId()),
    })),
  );
});

afterAll(() => relance.close());

const isOpen = (path: string): boolean => /^\/(in|u|health)\//.test(path);

async function token(role: string): Promise<string> {
  const { status, json } = await relance.call('POST', '/api/desk/tokens', {
    name: `${role} of a test`,
    role,
    ...(role === 'rep' ? { member: 'lea' } : {}),
  });
  expect(status).toBe(201);
  return json.token as string;
}

/** Every route with a token, or none. @returns those whose answer is not as it should be. */
async function answers(
  bearer: string | null,
  isRight: (status: number, route: { method: string; path: string }) => boolean,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const route of routes.filter(({ path }) => !isOpen(path))) {
    const { status, headers } = await relance.call(route.method, route.path, route.method === 'GET' ? undefined : {}, {
      token: bearer,
    });
    const isProblem = status < 400 || (headers.get('content-type') ?? '').startsWith('application/problem+json');
    if (!isRight(status, route) || !isProblem) wrong.push(`${route.method} ${route.path}: ${status}`);
  }
  return wrong;
}

describe('who gets in', () => {
  it('there are routes to knock at', () => {
    expect(routes.length).toBeGreaterThan(40);
  });

  it('nobody without a token, but through the public doors', async () => {
    expect(await answers(null, (status) => status === 401)).toEqual([]);
  });

  it('nobody with a token that is not ours', async () => {
    expect(await answers('nope-0123456789abcdef0123456789abcdef', (status) => status === 401)).toEqual([]);
  });

  it('a metrics token reads metrics and nothing else', async () => {
    expect(
      await answers(await token('metrics'), (status, { path }) => status === (path === '/metrics' ? 200 : 403)),
    ).toEqual([]);
  });

  it('a reader changes nothing', async () => {
    const asks = /\/(preview|working-time\/preview)$/;
    const bearer = await token('reader');
    expect(
      await answers(bearer, (status, { method, path }) => method === 'GET' || asks.test(path) || status === 403),
    ).toEqual([]);
  });

  it('a rep configures nothing', async () => {
    const bearer = await token('rep');
    const configuration =
      /^\/api\/(ingestion|desk\/tokens|operations|sla\/policies|nurture\/(tracks|suppressions)|routing\/(teams|members|rules|outcomes))/;
    expect(
      await answers(
        bearer,
        (status, { method, path }) => method === 'GET' || !configuration.test(path) || status === 403,
      ),
    ).toEqual([]);
  });

  it('a token is shown once, and no longer lets anybody in when it is revoked', async () => {
    const { json } = await relance.call('POST', '/api/desk/tokens', { name: 'short-lived', role: 'reader' });
    const { id, token: secret } = json as { id: string; token: string };
    expect((await relance.call('GET', '/api/desk/leads', undefined, { token: secret })).status).toBe(200);

    const listed = await relance.call('GET', '/api/desk/tokens');
    expect(listed.text).toContain(id);
    expect(listed.text).not.toContain(secret);
    const [{ hash } = { hash: new Uint8Array() }] = await relance.db.query<{ hash: Uint8Array }>(
      'select hash from auth.token where id = $1',
      [id],
    );
    expect(Buffer.from(hash).toString()).not.toContain(secret);

    expect((await relance.call('DELETE', `/api/desk/tokens/${id}`)).status).toBe(204);
    expect((await relance.call('GET', '/api/desk/leads', undefined, { token: secret })).status).toBe(401);
  });

  it('a token asked for wrongly names every field', async () => {
    const { status, json } = await relance.call('POST', '/api/desk/tokens', { name: '', role: 'king', extra: 1 });
    expect(status).toBe(422);
    expect((json as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer)).toEqual(
      expect.arrayContaining(['/name', '/role']),
    );
    expect((await relance.call('POST', '/api/desk/tokens', { name: 'x', role: 'rep' })).status).toBe(422);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LeadEngaged, LeadStageChanged, announceNew } from '@relance/events';
import type { DataOf } from '@relance/events';
import type { LeadId } from '@relance/lead';
import { anId, eventually, testApp } from '@relance/testing';
import type { TestAnswer, TestApp } from '@relance/testing';
import { StarterIngestion } from '../src/accept/starter-ingestion.js';
import { IngestionModule } from '../src/ingestion.module.js';

let app: TestApp;
let count = 0;

beforeAll(async () => {
  app = await testApp({ ingestion: IngestionModule });
});
afterAll(async () => app.close());

const path = '/api/ingestion/sources';
const aKey = (): string => `site-${++count}`;
const create = (key: string, over: object = {}): Promise<TestAnswer> =>
  app.call('POST', path, { key, kind: 'form', name: 'Web site', settings: { rateLimit: 'none' }, ...over });
const submit = (key: string, said: Record<string, string>): Promise<TestAnswer> =>
  app.call('POST', `/in/forms/${key}`, new URLSearchParams(said).toString(), { token: null });
const secret = 'a-secret-of-this-source';

it('a new installation has a form to post to, made once', async () => {
  const seed = () => app.db.transaction((tx) => app.app.get(StarterIngestion).seed(tx));
  await seed();
  expect((await submit('site', { email: 'ada@site.example' })).status).toBe(202);
  await seed();
  expect((await app.call('GET', path)).json.items).toMatchObject([{ key: 'site', kind: 'form', name: 'Web site' }]);
});

describe('a source', () => {
  it('is made, read, listed, changed at once and deleted, and never shows its secret', async () => {
    const key = aKey();
    const made = await create(key, { secret, defaults: { country: 'FR' } });
    expect(made).toMatchObject({
      status: 201,
      json: {
        key,
        kind: 'form',
        name: 'Web site',
        enabled: true,
        intakeUrl: `${app.origin}/in/forms/${key}`,
        hasSecret: true,
        defaults: { country: 'FR' },
        version: 1,
      },
    });
    expect(made.headers.get('etag')).toBe('"1"');
    expect((await app.call('GET', `${path}/${key}`)).json).toEqual(made.json);
    expect((await app.call('GET', `${path}?limit=500`)).json.items).toContainEqual(made.json);

    const patched = await app.call('PATCH', `${path}/${key}`, {
      name: 'Shop',
      settings: { honeypot: 'fax', rateLimit: null },
    });
    expect(patched).toMatchObject({
      status: 200,
      json: { name: 'Shop', settings: { honeypot: 'fax' }, defaults: { country: 'FR' }, version: 2 },
    });
    expect(patched.json.settings).toEqual({ honeypot: 'fax' });
    expect((await submit(key, { email: 'ada@example.org', fax: 'x' })).json.status).toBe('quarantined');

    const rows = await app.db.query('select * from ingestion.source where key = $1', [key]);
    expect(made.text + patched.text + JSON.stringify(rows)).not.toContain(secret);

    const unused = aKey();
    await create(unused);
    expect((await app.call('DELETE', `${path}/${unused}`)).status).toBe(204);
    expect((await app.call('GET', `${path}/${unused}`)).status).toBe(404);
    expect((await submit(unused, { email: 'ada@example.org' })).status).toBe(404);
  });

  it.each([
    ['POST', '', { kind: 'pigeon', key: 'x', name: '' }, 422, ['/kind', '/name']],
    [
      'PATCH',
      '',
      { enabled: 'yes', settings: { redirectUrls: ['javascript:x'] }, mapping: { a: 'b' } },
      422,
      ['/enabled', '/settings/redirectUrls/0', '/mapping/a'],
    ],
    ['PATCH', '', { key: 'other', kind: null }, 422, ['/kind', '/key']],
    ['PATCH', '', [], 422, ['']],
  ])('%s with what cannot be names every field (%#)', async (method, under, body, status, pointers) => {
    const key = aKey();
    await create(key);
    const answer = await app.call(method, method === 'POST' ? path : `${path}/${key}${under}`, body);
    expect(answer.status).toBe(status);
    expect((answer.json.errors as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it('is not made twice, and not changed over somebody else’s change', async () => {
    const key = aKey();
    await create(key);
    expect(await create(key)).toMatchObject({ status: 409, json: { code: 'ingestion.source-exists' } });
    const patch = (name: string, match: string) =>
      app.call('PATCH', `${path}/${key}`, { name }, { headers: { 'if-match': match } });
    expect((await patch('one', '"1"')).status).toBe(200);
    expect((await patch('two', '"1"')).status).toBe(412);
  });

  it('cannot be deleted while leads point to it, whichever comes first', async () => {
    const key = aKey();
    await create(key);
    expect((await submit(key, { email: `ada@${key}.example` })).status).toBe(202);
    expect(await app.call('DELETE', `${path}/${key}`)).toMatchObject({
      status: 409,
      json: { code: 'ingestion.source-in-use' },
    });

    for (let round = 0; round < 5; round++) {
      const contested = aKey();
      await create(contested);
      const [lead, gone] = await Promise.all([
        submit(contested, { email: `ada@${contested}.example` }),
        app.call('DELETE', `${path}/${contested}`),
      ]);
      expect([
        [202, 409],
        [404, 204],
      ]).toContainEqual([lead.status, gone.status]);
    }
  });

  it('made or changed by another process is known here within a second', async () => {
    const key = aKey();
    await app.db.query(
      `insert into ingestion.source (key, kind, name, enabled, settings, mapping, defaults, version) values ($1, 'form', 'Elsewhere', true, '{}', '{}', '{}', 1)`,
      [key],
    );
    await eventually(async () => (await submit(key, { email: `ada@${key}.example` })).status === 202, {
      withinMs: 1_500,
    });
    await app.db.query('update ingestion.source set enabled = false, version = 2 where key = $1', [key]);
    await eventually(
      async () => (await submit(key, { email: `ada@${key}.example`, message: String(++count) })).status === 403,
      { withinMs: 1_500 },
    );
  });

  it('is for those who may', async () => {
    expect((await app.call('GET', path, undefined, { token: null })).status).toBe(401);
    expect((await app.call('GET', '/api/ingestion/quarantine', undefined, { token: null })).status).toBe(401);
  });
});

describe('an engagement', () => {
  const tell = (key: string, body: unknown, bearer: string | null = secret): Promise<TestAnswer> =>
    app.call('POST', `/in/engagements/${key}`, body, { token: bearer });
  const engaged = (leadId: string) => app.said(leadId, LeadEngaged);

  it('of a known person is said once, however often it is told', async () => {
    const key = aKey();
    await create(key, { secret });
    const email = `ada@${key}.example`;
    const { leadId } = (await submit(key, { email })).json;
    const body = {
      id: 'e1',
      email: email.toUpperCase(),
      kind: 'webinar.attended',
      at: '2026-11-20T10:00:00Z',
      properties: { minutes: 42 },
    };
    const answers = await Promise.all([tell(key, body), tell(key, body), tell(key, body)]);
    answers.push(await tell(key, body));
    for (const answer of answers)
      expect(answer).toMatchObject({ status: 202, json: { id: 'e1', leadId, status: 'accepted' } });
    expect((await engaged(leadId)).map(({ data }) => data)).toEqual([
      { leadId, kind: 'webinar.attended', at: '2026-11-20T10:00:00.000Z', sourceKey: key, properties: { minutes: 42 } },
    ]);
    expect((await tell(key, { ...body, id: 'e2', email: undefined, leadId })).status).toBe(202);
    expect(await engaged(leadId)).toHaveLength(2);
  });

  it('is refused without the secret, and everything is where there is none', async () => {
    const [open, closed] = [aKey(), aKey()];
    await create(open, { secret });
    await create(closed);
    const body = { id: 'e1', email: 'ada@example.org', kind: 'x' };
    for (const bearer of [null, 'wrong', '', ' ']) {
      expect((await tell(open, body, bearer)).status).toBe(401);
      expect((await tell(closed, body, bearer)).status).toBe(401);
    }
    expect((await app.call('POST', `/in/engagements/${open}`, body)).status).toBe(401);
  });

  it('is let in by the secret before, for a day after the change', async () => {
    const key = aKey();
    await create(key, { secret });
    await submit(key, { email: `ada@${key}.example` });
    const told = async (bearer: string): Promise<number> =>
      (await tell(key, { id: `e${++count}`, email: `ada@${key}.example`, kind: 'x' }, bearer)).status;
    const rotated = await app.call('POST', `${path}/${key}/secret`, { secret: 'the-next-secret' });
    expect(rotated).toMatchObject({ status: 200, json: { hasSecret: true, previousSecretUntil: expect.any(String) } });
    expect(rotated.text).not.toContain('the-next-secret');
    expect([await told('the-next-secret'), await told(secret), await told('other')]).toEqual([202, 202, 401]);
    await app.db.query(
      "update ingestion.source set previous_secret_until = now() - interval '1 second', version = version + 1 where key = $1",
      [key],
    );
    await eventually(async () => (await told(secret)) === 401, { withinMs: 10_000 });
    expect(await told('the-next-secret')).toBe(202);
  });

  it.each([
    [{ id: 'e', email: 'nobody@nowhere.example', kind: 'x' }, 422, '/email'],
    [{ id: 'e', kind: 'x' }, 422, '/email'],
    [{ id: 'e', email: 'nonsense', kind: 'x' }, 422, '/email'],
    [{ id: '', email: 'a@b.org', kind: 'Not A Kind', at: 'yesterday', properties: { a: {} } }, 422, '/id'],
    [[], 422, ''],
    ['{', 400, undefined],
  ])('that means nothing is refused (%#)', async (body, status, pointer) => {
    const key = aKey();
    await create(key, { secret });
    const answer = await app.call('POST', `/in/engagements/${key}`, body, {
      token: secret,
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(status);
    if (pointer !== undefined) expect(answer.json.errors[0].pointer).toBe(pointer);
  });
});

it('keeps how far a lead has come', async () => {
  const key = aKey();
  await create(key);
  const leadId = (await submit(key, { email: `ada@${key}.example` })).json.leadId as LeadId;
  const moved = (id: LeadId): DataOf<typeof LeadStageChanged> => ({
    leadId: id,
    from: 'received',
    to: 'mql',
    move: 'qualified',
    endsAssignment: false,
    by: 'routing',
  });
  await app.announce(
    ...[leadId, anId<LeadId>()].map((id) =>
      announceNew(LeadStageChanged, { data: moved(id), by: 'routing', at: new Date('2026-11-20T10:00:00Z') }),
    ),
  );
  await app.settled();
  expect(await app.db.query('select stage from ingestion.lead where id = $1', [leadId])).toEqual([{ stage: 'mql' }]);
});

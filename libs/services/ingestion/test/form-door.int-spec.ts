import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LeadReceived } from '@relance/events';
import { eventually, testApp } from '@relance/testing';
import type { TestAnswer, TestApp } from '@relance/testing';
import { Acceptance } from '../src/accept/acceptance.js';
import { IngestionModule } from '../src/ingestion.module.js';

let app: TestApp;
let site: string;
let count = 0;

beforeAll(async () => {
  app = await testApp({ ingestion: IngestionModule }, { environment: { TRUSTED_PROXIES: '127.0.0.1' } });
});
afterAll(async () => app.close());
beforeEach(async () => {
  site = await aSource({ settings: { rateLimit: 'none' } });
});

async function aSource(over: object = {}): Promise<string> {
  const key = `site-${++count}`;
  const made = await app.call('POST', '/api/ingestion/sources', { key, kind: 'form', name: 'Web site', ...over });
  expect(made.status).toBe(201);
  return key;
}
const anEmail = (): string => `ada${++count}@c${count}.example`;
const form = (said: Record<string, string>): string => new URLSearchParams(said).toString();
const post = (body: unknown, headers: Record<string, string> = {}, key = site): Promise<TestAnswer> =>
  app.call('POST', `/in/forms/${key}`, body, { token: null, headers });
const received = (leadId: string) => app.said(leadId, LeadReceived);
const leads = async (): Promise<number> =>
  Number((await app.db.query<{ n: number }>('select count(*) as n from ingestion.lead'))[0]?.n);

describe('a form is accepted', () => {
  const aPhone = (): string => `+3360${String(++count).padStart(7, '0')}`;
  const said = {
    'Full Name': 'Ada  Lovelace',
    company: 'Engines',
    contact_me: 'oui',
    message: 'Hello\r\nthere',
    colour: 'red',
    consent_marketing: 'on',
    consent_wording: 'Yes, write to me',
  };

  it.each([
    ['urlencoded', (given: object) => post(form({ ...said, ...given }))],
    ['JSON', (given: object) => post({ ...said, ...given })],
    [
      'JSON sent as text',
      (given: object) => post(JSON.stringify({ ...said, ...given }), { 'content-type': 'text/plain;charset=UTF-8' }),
    ],
    [
      'multipart',
      (given: object) =>
        post(
          Object.entries({ ...said, ...given } as Record<string, string>).reduce(
            (data, [name, value]) => (data.append(name, value), data),
            new FormData(),
          ),
        ),
    ],
  ])('as %s, and said with its facts', async (_encoding, send) => {
    const [email, phone] = [anEmail(), aPhone()];
    const answer = await send({ email: email.toUpperCase(), phone: phone.replace('+33', '+33 (0)') });
    expect(answer).toMatchObject({
      status: 202,
      json: { status: 'accepted', submissionId: expect.any(String), leadId: expect.any(String) },
    });
    const [event, ...more] = await received(answer.json.leadId);
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      source: '/relance/ingestion',
      subject: answer.json.leadId,
      correlationid: answer.json.submissionId,
      revision: 1,
      data: {
        submissionId: answer.json.submissionId,
        sourceKey: site,
        asks: { asksForContact: true },
        test: false,
        facts: {
          person: { fullName: 'Ada Lovelace', email, emailKind: 'work', phone },
          company: { name: 'Engines', domain: email.split('@')[1] },
          request: { message: 'Hello\nthere', asksForContact: true, answers: [{ question: 'colour', answer: 'red' }] },
          consents: [
            {
              purpose: 'marketing',
              granted: true,
              wording: 'Yes, write to me',
              wordingHash: expect.stringMatching(/^[0-9a-f]{64}$/),
            },
          ],
          attribution: { sourceKey: site },
        },
      },
    });
    expect(LeadReceived.data.safeParse(event?.data).success).toBe(true);
  });

  it('with fields in any order of the payload’s own words', async () => {
    const answer = await post(
      'full_name=Zo%C3%AB+Example&email=zoe%40example.com&phone=%2B1+202+555+0123&services=roofing&services=gutters&message=Line+1%0D%0ALine+2&website=&consent_marketing=on&consent_text_version=2026-10-01&utm_source=google&gclid=EAIaIQ_TEST&cf-turnstile-response=XXXX.DUMMY.TOKEN.XXXX',
      { referer: 'https://www.example.com/contact?utm_source=google&gclid=EAIaIQ_TEST' },
    );
    const [event] = await received(answer.json.leadId);
    expect(event?.data.facts).toMatchObject({
      person: { fullName: 'Zoë Example', email: 'zoe@example.com', phone: '+12025550123' },
      request: { message: 'Line 1\nLine 2', answers: [{ question: 'services', answer: 'roofing, gutters' }] },
      attribution: {
        utm: { source: 'google' },
        clickIds: { gclid: 'EAIaIQ_TEST' },
        landingUrl: 'https://www.example.com/contact?utm_source=google&gclid=EAIaIQ_TEST',
      },
      consents: [{ granted: true, evidence: { wordingVersion: '2026-10-01' } }],
    });
  });

  it('by the rules of its source', async () => {
    const key = await aSource({
      mapping: { position: 'person.jobTitle' },
      defaults: { country: 'FR' },
      settings: { consentWording: 'We may write' },
    });
    const answer = await post(
      form({ email: anEmail(), position: 'CTO', phone: '06 12 34 56 78', consent_marketing: '1' }),
      {},
      key,
    );
    const [event] = await received(answer.json.leadId);
    expect(event?.data.facts).toMatchObject({
      person: { jobTitle: 'CTO', phone: '+33612345678', country: 'FR' },
      consents: [{ wording: 'We may write' }],
    });
  });
});

describe('the same delivery', () => {
  it('with a key gets the first answer, byte by byte; with another body it is refused', async () => {
    const body = form({ email: anEmail() });
    const key = { 'idempotency-key': `k${++count}` };
    const [first, again] = [await post(body, key), await post(body, key)];
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    expect(await post(form({ email: anEmail() }), key)).toMatchObject({
      status: 422,
      json: { code: 'ingestion.idempotency-key-reused' },
    });
    expect(await received(first.json.leadId)).toHaveLength(1);
  });

  it('of another source may have the same key', async () => {
    const other = await aSource({ settings: { rateLimit: 'none' } });
    const key = { 'idempotency-key': `k${++count}` };
    const [here, there] = [
      await post(form({ email: anEmail() }), key),
      await post(form({ email: anEmail() }), key, other),
    ];
    expect([here.status, there.status]).toEqual([202, 202]);
  });

  it('by a double click is one lead, also when both arrive at once', async () => {
    const body = form({ email: anEmail(), full_name: 'Ada' });
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(body)));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await received(answers[0]?.json.leadId)).toHaveLength(1);
  });

  it.each([
    [
      'of somebody with an address',
      () => form({ email: anEmail() }),
      "update ingestion.submission set received_at = received_at - interval '10 minutes' where id = $1",
    ],
    [
      'of somebody with a number only',
      () => form({ phone: `+3364${String(++count).padStart(7, '0')}` }),
      "update ingestion.delivery set expires_at = now() - interval '1 second' where submission_id = $1",
    ],
  ])('%s is another one after ten minutes', async (_whose, make, tenMinutesLater) => {
    const body = make();
    const first = await post(body);
    expect((await post(body)).text).toBe(first.text);
    await app.db.query(tenMinutesLater, [first.json.submissionId]);
    const second = await post(body);
    expect(second.json).toMatchObject({ leadId: first.json.leadId });
    expect(second.json.submissionId).not.toBe(first.json.submissionId);
    expect((await post(body)).text).toBe(second.text);
    expect((await received(first.json.leadId)).map(({ revision }) => revision)).toEqual([1, 2]);
  });

  it('with a key that was kept for another person claims no address for nobody', async () => {
    const key = { 'idempotency-key': `k${++count}` };
    await post(form({ email: anEmail() }), key);
    const email = anEmail();
    expect((await post(form({ email }), key)).status).toBe(422);
    expect(await app.db.query('select from ingestion.lead_email where email = $1', [email])).toEqual([]);
    expect((await post(form({ email }))).status).toBe(202);
  });
});

describe('the same person', () => {
  it('joins by e-mail: fills what is empty, and what contradicts is kept beside', async () => {
    const email = anEmail();
    const first = await post(form({ email, phone: '+33612345678' }));
    const second = await post(
      form({ email: email.toUpperCase(), phone: '+33699999999', full_name: 'Ada', message: 'again' }),
    );
    expect(second.json.leadId).toBe(first.json.leadId);
    const [, event] = await received(first.json.leadId);
    expect(event).toMatchObject({
      revision: 2,
      correlationid: first.json.submissionId,
      data: {
        facts: { person: { phone: '+33612345678', fullName: 'Ada' }, request: { message: 'again' } },
        alternatives: [{ path: 'person.phone', value: '+33699999999', sourceKey: site }],
      },
    });
  });

  it('joins by phone and compatible name, and the new address is theirs from then on', async () => {
    const phone = `+3361${String(++count).padStart(7, '0')}`;
    const first = await post(form({ email: anEmail(), phone, full_name: 'Ada Lovelace' }));
    const other = anEmail();
    const second = await post(form({ email: other, phone, full_name: 'ada l.' }));
    const third = await post(form({ email: other, message: 'me again' }));
    const stranger = await post(form({ email: anEmail(), phone, full_name: 'Alan Turing' }));
    expect([second.json.leadId, third.json.leadId]).toEqual([first.json.leadId, first.json.leadId]);
    expect(stranger.json.leadId).not.toBe(first.json.leadId);
  });

  it('is one lead each, whoever of 20 people submits first among 200 at once', async () => {
    const before = await leads();
    const people = Array.from({ length: 20 }, () => ({
      email: anEmail(),
      phone: `+3362${String(++count).padStart(7, '0')}`,
      name: `Person Number${count}`,
    }));
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => {
        const person = people[index % 20] as (typeof people)[number];
        const said =
          index % 3 === 0
            ? { email: person.email }
            : { phone: person.phone, full_name: person.name, email: person.email };
        return post(form({ ...said, message: `number ${index}` })).then((answer) => ({ person, answer }));
      }),
    );
    expect(answers.every(({ answer }) => answer.status === 202)).toBe(true);
    expect(await leads()).toBe(before + 20);
    for (const person of people) {
      const own = new Set(answers.filter((each) => each.person === person).map(({ answer }) => answer.json.leadId));
      expect(own.size).toBe(1);
      const revisions = (await received([...own][0])).map(({ revision }) => revision);
      expect(revisions).toEqual(Array.from({ length: 10 }, (_, index) => index + 1));
    }
  });

  it('is one lead by phone alone, among many at once', async () => {
    const before = await leads();
    const phone = `+3363${String(++count).padStart(7, '0')}`;
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) => post(form({ phone, full_name: 'Ada', message: `${index}` }))),
    );
    expect(new Set(answers.map(({ json }) => json.leadId)).size).toBe(1);
    expect(await leads()).toBe(before + 1);
  });

  it('is found under the lead that theirs proved to be, and anew once forgotten', async () => {
    const [email, winnersEmail] = [anEmail(), anEmail()];
    const [loser, winner] = [await post(form({ email })), await post(form({ email: winnersEmail }))];
    await app.db.query('update ingestion.lead set merged_into = $2 where id = $1', [
      loser.json.leadId,
      winner.json.leadId,
    ]);
    expect((await post(form({ email, message: 'after the merge' }))).json.leadId).toBe(winner.json.leadId);
    await app.db.query('update ingestion.lead set erased_at = now(), facts = null where id = $1', [winner.json.leadId]);
    const anew = await post(form({ email, message: 'after the erasure' }));
    expect([loser.json.leadId, winner.json.leadId]).not.toContain(anew.json.leadId);
    expect((await post(form({ email, message: 'and again' }))).json.leadId).toBe(anew.json.leadId);
  });

  it('is a test only while all they sent are', async () => {
    const email = anEmail();
    const { leadId } = (await post(form({ email, test: '1', full_name: 'Test' }))).json;
    await post(form({ email, full_name: 'Ada' }));
    await post(form({ email, test: '1', full_name: 'Test again', phone: '+33612345670' }));
    const events = await received(leadId);
    expect(events.map(({ data }) => [data.test, data.facts.test, data.facts.person.fullName])).toEqual([
      [true, true, 'Test'],
      [false, false, 'Ada'],
      [false, false, 'Ada'],
    ]);
    expect(events[2]?.data.facts.person.phone).toBeUndefined();
  });
});

describe('what is refused', () => {
  it.each([
    ['nobody to answer', form({ full_name: 'Ada' }), {}, 422, '/email'],
    ['no address at all', form({ email: 'nonsense' }), {}, 422, '/email'],
    ['a NUL character', 'email=a%40b.org&message=%00', {}, 422, '/message'],
    [
      'a NUL character in JSON',
      '{"email":"a@b.org","message":"\\u0000"}',
      { 'content-type': 'application/json' },
      422,
      '/message',
    ],
    ['a list', '[]', { 'content-type': 'application/json' }, 422, ''],
    ['broken JSON', '{', { 'content-type': 'application/json' }, 400, undefined],
    ['text that is no JSON', 'hello', { 'content-type': 'text/plain' }, 400, undefined],
    ['a broken escape', 'email=%zz', {}, 400, undefined],
    ['multipart without its parts', 'x', { 'content-type': 'multipart/form-data; boundary=b' }, 400, undefined],
    ['an empty JSON body', '', { 'content-type': 'application/json' }, 400, undefined],
    ['XML', '<x/>', { 'content-type': 'application/xml' }, 415, undefined],
    ['no type', Buffer.from('x').toString(), { 'content-type': '' }, 415, undefined],
    ['300 KiB', `email=a%40b.org&message=${'x'.repeat(300 * 1024)}`, {}, 413, undefined],
  ])('%s', async (_what, body, headers, status, pointer) => {
    const answer = await post(body, headers);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.json).toMatchObject({
      type: expect.any(String),
      title: expect.any(String),
      status,
      code: expect.any(String),
      traceId: expect.any(String),
    });
    if (pointer !== undefined) expect(answer.json.errors[0].pointer).toBe(pointer);
    // Said before the body is read, and the connection goes on.
    if (status === 413) expect(answer.json.code).toBe('ingestion.too-large');
  });

  it('300 KiB of which no length was stated', async () => {
    const chunk = new TextEncoder().encode(`email=a%40b.org&message=${'x'.repeat(100 * 1024)}`);
    const body = new ReadableStream({
      start(controller) {
        for (let sent = 0; sent < 3; sent++) controller.enqueue(chunk);
        controller.close();
      },
    });
    const request = new Request(`${app.origin}/in/forms/${site}`, {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect((await fetch(request)).status).toBe(413);
  });

  it('an unknown source, one that is disabled, and one of which the door has none', async () => {
    expect(await post(form({ email: anEmail() }), {}, 'nowhere')).toMatchObject({
      status: 404,
      json: { code: 'ingestion.source-not-found' },
    });
    await app.call('PATCH', `/api/ingestion/sources/${site}`, { enabled: false });
    expect(await post(form({ email: anEmail() }))).toMatchObject({
      status: 403,
      json: { code: 'ingestion.source-disabled' },
    });
  });

  it('more than its share from one address, and from no other', async () => {
    const key = await aSource({ settings: { rateLimit: { perMinute: 3 } } });
    const from = (address: string) => post(form({ email: anEmail() }), { 'x-forwarded-for': address }, key);
    const answers = [
      await from('192.0.2.1'),
      await from('192.0.2.1'),
      await from('192.0.2.1'),
      await from('192.0.2.1'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 429]);
    expect(Number(answers[3]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await from('192.0.2.2')).status).toBe(202);
  });

  it('30 a minute where nothing is set', async () => {
    const key = await aSource();
    const answers = await Promise.all(Array.from({ length: 31 }, () => post(form({ email: anEmail() }), {}, key)));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(1);
  });

  it('is listed even where somebody claims to send more than a number holds', async () => {
    const { hostname, port } = new URL(app.origin);
    const socket = connect(Number(port), hostname);
    socket.write(`POST /in/forms/${site} HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\n`);
    socket.write('content-length: 999999999999\r\n\r\n');
    await post('{', { 'content-type': 'application/json' });
    const items = await eventually(async () => {
      const { json } = await app.call('GET', `/api/ingestion/sources/${site}/refusals`);
      return json.items.length === 2 ? (json.items as { status: number }[]) : null;
    });
    expect(items.map(({ status }) => status).sort()).toEqual([400, 413]);
    socket.destroy();
  });

  it('is listed with its source: when, why, from where and how large, and nothing of what it said', async () => {
    await post(form({ full_name: 'Secret Name' }), { 'x-forwarded-for': '192.0.2.9' });
    await post('{"secret', { 'content-type': 'application/json' });
    const items = await eventually(async () => {
      const { json } = await app.call('GET', `/api/ingestion/sources/${site}/refusals`);
      return json.items.length === 2 ? (json.items as object[]) : null;
    });
    expect(items).toMatchObject([
      { status: 400, code: 'ingestion.malformed-body', address: '127.0.0.1', sizeBytes: 8 },
      { status: 422, code: 'invalid-input', address: '192.0.2.9', sizeBytes: 21, at: expect.any(String) },
    ]);
    expect(JSON.stringify(items)).not.toMatch(/secret/i);
  });
});

describe('a browser', () => {
  const asBrowser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'accept-language': 'fr-FR,fr;q=0.9' };

  it.each([
    ['a listed page', 'https://www.example.org/merci?a=1', 'https://www.example.org/merci?a=1'],
    ['no page', undefined, null],
    ['a page that is not listed', 'https://evil.example/', null],
    ['a page under a listed one', 'https://www.example.org/merci?a=1/../x', null],
    ['a page of a look-alike', 'https://www.example.org@evil.example/merci?a=1', null],
    ['a script', 'javascript:alert(1)', null],
    ['a path', '//www.example.org/merci?a=1', null],
  ])('that asks for %s', async (_what, redirect, location) => {
    const key = await aSource({ settings: { redirectUrls: ['https://www.example.org/merci?a=1'], rateLimit: 'none' } });
    const body = form({ email: anEmail(), ...(redirect === undefined ? {} : { redirect }) });
    const [answer, again] = [await post(body, asBrowser, key), await post(body, asBrowser, key)];
    expect([answer.status, answer.headers.get('location')]).toEqual([location === null ? 200 : 303, location]);
    if (location === null) expect(answer.text).toContain('<h1>Merci</h1>');
    expect([again.status, again.text]).toEqual([answer.status, answer.text]);
    expect(answer.text).not.toContain('example');
  });

  it('that posts JSON by script gets JSON', async () => {
    expect((await post({ email: anEmail() }, asBrowser)).status).toBe(202);
  });

  it('is told by preflight whose pages may post, without a token', async () => {
    const key = await aSource({ settings: { allowedOrigins: ['https://www.example.org'], rateLimit: 'none' } });
    const preflight = (origin: string) =>
      app.call('OPTIONS', `/in/forms/${key}`, undefined, {
        token: null,
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
      });
    const allowed = await preflight('https://www.example.org');
    expect(allowed.status).toBe(204);
    expect(Object.fromEntries(allowed.headers)).toMatchObject({
      'access-control-allow-origin': 'https://www.example.org',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type, idempotency-key',
      vary: 'Origin',
    });
    const refused = await preflight('https://evil.example');
    expect([refused.headers.get('access-control-allow-origin'), refused.headers.get('vary')]).toEqual([null, 'Origin']);
    for (const body of [form({ email: anEmail() }), form({})]) {
      const answer = await post(body, { origin: 'https://www.example.org' }, key);
      expect(answer.headers.get('access-control-allow-origin')).toBe('https://www.example.org');
      expect(
        (await post(body, { origin: 'https://evil.example' }, key)).headers.get('access-control-allow-origin'),
      ).toBeNull();
    }
    expect((await app.call('OPTIONS', '/in/forms/nowhere', undefined, { token: null })).status).toBe(404);
  });
});

it('takes a message as long as a body may be', async () => {
  const message = 'x'.repeat(255 * 1024);
  const { status, json } = await post(form({ email: anEmail(), message }));
  expect(status).toBe(202);
  expect((await received(json.leadId))[0]?.data.facts.request.message).toBe(message);
});

describe('a suspect', () => {
  it.each([
    ['disposable-email', { email: `x${Math.random()}@mailinator.com`, full_name: 'Ada' }],
    ['links', { email: anEmail(), message: 'http://a.example http://b.example http://c.example http://d.example' }],
  ])('is kept apart: %s', async (suspicion, fields) => {
    const { json } = await post(form(fields));
    expect(json.status).toBe('quarantined');
    const { items } = (await app.call('GET', '/api/ingestion/quarantine?limit=500')).json;
    expect(items).toContainEqual(expect.objectContaining({ submissionId: json.submissionId, suspicion }));
    expect(await received(json.leadId)).toEqual([]);
  });
});

describe('a filled trap', () => {
  it('is accepted, kept apart, and released once', async () => {
    const key = await aSource({ settings: { honeypot: 'fax', rateLimit: 'none' } });
    const email = anEmail();
    const body = form({ email, fax: 'http://spam.example', full_name: 'Ada' });
    const [caught, again] = [await post(body, {}, key), await post(body, {}, key)];
    expect(caught).toMatchObject({ status: 202, json: { status: 'quarantined' } });
    expect(again.text).toBe(caught.text);
    expect(await received(caught.json.leadId)).toEqual([]);
    const { submissionId } = caught.json;
    const waiting = async (): Promise<{ submissionId: string }[]> =>
      (await app.call('GET', '/api/ingestion/quarantine?limit=500')).json.items;
    expect(await waiting()).toContainEqual(
      expect.objectContaining({
        submissionId,
        sourceKey: key,
        suspicion: 'honeypot',
        facts: expect.objectContaining({ person: expect.objectContaining({ email }) }),
      }),
    );

    const released = await app.call('POST', `/api/ingestion/quarantine/${submissionId}/release`);
    expect(released).toMatchObject({
      status: 200,
      json: { submissionId, leadId: caught.json.leadId, status: 'released' },
    });
    expect((await app.call('POST', `/api/ingestion/quarantine/${submissionId}/release`)).text).toBe(released.text);
    expect(await received(caught.json.leadId)).toHaveLength(1);
    expect((await waiting()).some((item) => item.submissionId === submissionId)).toBe(false);
    expect((await post(body, {}, key)).text).toBe(caught.text);
  });

  it('joins the lead that it belongs to when it is released', async () => {
    const email = anEmail();
    const caught = await post(form({ email, relance_hp: 'x' }));
    const real = await post(form({ email }));
    expect(real.json.leadId).not.toBe(caught.json.leadId);
    const release = () => app.call('POST', `/api/ingestion/quarantine/${caught.json.submissionId}/release`);
    expect((await release()).json.leadId).toBe(real.json.leadId);
    expect((await release()).json.leadId).toBe(real.json.leadId);
    expect(await received(real.json.leadId)).toHaveLength(2);
  });

  it('is not there to release where it never was', async () => {
    const real = await post(form({ email: anEmail() }));
    expect((await app.call('POST', `/api/ingestion/quarantine/${real.json.submissionId}/release`)).status).toBe(404);
    expect((await app.call('POST', '/api/ingestion/quarantine/nonsense/release')).status).toBe(422);
  });
});

it('says when to come again while it cannot accept', async () => {
  await app.app.get(Acceptance).beforeApplicationShutdown();
  const answer = await post(form({ email: anEmail() }));
  expect(answer).toMatchObject({ status: 503, json: { code: 'ingestion.stopping', status: 503 } });
  expect(answer.headers.get('retry-after')).toBe('1');
});

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import {
  WebhookAddressRefused,
  WebhookGone,
  WebhookRefused,
  WebhookUnavailable,
  Webhooks,
  newWebhookSecret,
} from '@relance/notify';

interface Request {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe('webhooks', () => {
  const secret = newWebhookSecret();
  let requests: Request[];
  let answer: (response: ServerResponse) => void;
  let server: Server;
  let port: number;

  const allowed = (...hosts: string[]): Webhooks => new Webhooks({ WEBHOOKS_ALLOW_PRIVATE: hosts }, { timeoutMs: 500 });
  const message = (url: string) => ({ url, secret, id: randomUUID(), type: 'lead.assigned', data: { leadId: 'é-1' } });
  const toUs = (path = '/hook') => message(`http://127.0.0.1:${port}${path}`);

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method, url: path, headers } = request;
        requests.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
        answer(response);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  beforeEach(() => {
    requests = [];
    answer = (response) => response.writeHead(204).end();
  });

  it('are signed so that the receiver’s library takes them, and carry id, type and time', async () => {
    const sent = toUs('/hook?team=1');
    const at = new Date('2026-11-20T08:15:00Z');
    await allowed('127.0.0.1').send({ ...sent, at });
    const [got] = requests as [Request];
    expect(got).toMatchObject({ method: 'POST', path: '/hook?team=1' });
    expect(got.headers).toMatchObject({ 'webhook-id': sent.id, 'content-type': 'application/json' });
    const verified = new Webhook(secret).verify(got.body, got.headers as Record<string, string>);
    expect(verified).toEqual({ type: 'lead.assigned', timestamp: at.toISOString(), data: { leadId: 'é-1' } });
    expect(() => new Webhook(newWebhookSecret()).verify(got.body, got.headers as Record<string, string>)).toThrow();
  });

  it('can be plain posts to who knows us by the URL', async () => {
    await allowed('127.0.0.1').post({ url: toUs().url, body: { text: 'hello' }, headers: { 'x-channel': 'sales' } });
    expect(requests[0]).toMatchObject({ body: '{"text":"hello"}', headers: { 'x-channel': 'sales' } });
    expect(requests[0]?.headers).not.toHaveProperty('webhook-signature');
  });

  it.each([
    { status: 410, failure: WebhookGone, kind: 'invalid' },
    { status: 400, failure: WebhookRefused, kind: 'invalid' },
    { status: 404, failure: WebhookRefused, kind: 'invalid' },
    { status: 301, failure: WebhookRefused, kind: 'invalid' },
    { status: 500, failure: WebhookUnavailable, kind: 'unavailable' },
    { status: 502, failure: WebhookUnavailable, kind: 'unavailable' },
    { status: 408, failure: WebhookUnavailable, kind: 'unavailable' },
    { status: 429, failure: WebhookUnavailable, kind: 'unavailable' },
  ])('that are answered $status fail as $kind', async ({ status, failure, kind }) => {
    answer = (response) => response.writeHead(status).end('no');
    const error = await allowed('127.0.0.1')
      .send(toUs())
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(failure);
    expect(error).toMatchObject({ kind, facts: { status } });
  });

  it('come back when the receiver says', async () => {
    answer = (response) => response.writeHead(503, { 'retry-after': '120' }).end();
    await expect(allowed('127.0.0.1').send(toUs())).rejects.toMatchObject({ retryAfterSeconds: 120 });
    answer = (response) =>
      response.writeHead(503, { 'retry-after': new Date(Date.now() + 60_500).toUTCString() }).end();
    await expect(allowed('127.0.0.1').send(toUs())).rejects.toMatchObject({ retryAfterSeconds: expect.any(Number) });
    answer = (response) => response.writeHead(503, { 'retry-after': 'soon' }).end();
    await expect(allowed('127.0.0.1').send(toUs())).rejects.toMatchObject({ retryAfterSeconds: undefined });
  });

  it('do not follow redirects', async () => {
    answer = (response) => response.writeHead(307, { location: `http://127.0.0.1:${port}/elsewhere` }).end();
    await expect(allowed('127.0.0.1').send(toUs())).rejects.toThrow(WebhookRefused);
    expect(requests.map(({ path }) => path)).toEqual(['/hook']);
  });

  it('wait no longer than their time', async () => {
    answer = () => undefined;
    const began = performance.now();
    await expect(allowed('127.0.0.1').send(toUs())).rejects.toThrow(WebhookUnavailable);
    expect(performance.now() - began).toBeLessThan(8_000);
  });

  it('are sent once the receiver said so, though its answer never ends', async () => {
    let written = 0;
    answer = (response) => {
      response.writeHead(200);
      const more = (): void => {
        if (response.destroyed) return;
        written += 16_384;
        response.write('x'.repeat(16_384), () => setImmediate(more));
      };
      more();
    };
    await expect(allowed('127.0.0.1').send(toUs())).resolves.toBeUndefined();
    expect(written).toBeLessThan(16 * 1024 * 1024);
    answer = (response) => void response.writeHead(200).write('and then nothing');
    await expect(allowed('127.0.0.1').send(toUs())).resolves.toBeUndefined();
  });

  it('may be tried again when nobody is there', async () => {
    await expect(allowed('127.0.0.1').send(message('http://127.0.0.1:1/'))).rejects.toThrow(WebhookUnavailable);
    const failure = await allowed('nowhere.invalid')
      .send(message('https://nowhere.invalid/T0KEN'))
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(WebhookUnavailable);
    expect(`${String(failure)} ${JSON.stringify(failure)}`).not.toMatch(/T0KEN|nowhere/);
  });

  it.each([
    { url: 'http://127.0.0.1:PORT/', why: 'private' },
    { url: 'https://127.0.0.1:PORT/', why: 'private' },
    { url: 'http://2130706433:PORT/', why: 'private' },
    { url: 'http://0x7f.1:PORT/', why: 'private' },
    { url: 'http://0:PORT/', why: 'private' },
    { url: 'http://[::1]:PORT/', why: 'private' },
    { url: 'http://[::ffff:127.0.0.1]:PORT/', why: 'private' },
    { url: 'https://169.254.169.254/latest/meta-data/', why: 'private' },
    { url: 'https://10.0.0.1/', why: 'private' },
    { url: 'http://example.org/', why: 'plain-http' },
    { url: 'http://localhost:PORT/', why: 'plain-http' },
    { url: 'https://me:secret@example.org/', why: 'credentials' },
    { url: 'ftp://example.org/', why: 'malformed' },
    { url: 'file:///etc/passwd', why: 'malformed' },
    { url: 'example.org', why: 'malformed' },
  ])('are refused to $url: $why', async ({ url, why }) => {
    const failure = await allowed()
      .send(message(url.replace('PORT', String(port))))
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(WebhookAddressRefused);
    expect(failure).toMatchObject({ kind: 'invalid', facts: { why } });
    expect(requests).toEqual([]);
  });

  it('are refused to a name that stands for a private address', async () => {
    await expect(allowed().send(message(`https://localhost:${port}/`))).rejects.toMatchObject({
      facts: { why: 'private' },
    });
    expect(requests).toEqual([]);
  });

  it('are refused to a name of which only one address is private', async () => {
    const webhooks = new Webhooks(
      { WEBHOOKS_ALLOW_PRIVATE: [] },
      {
        resolve: async () => [
          { address: '93.184.216.34', family: 4 },
          { address: '10.0.0.7', family: 4 },
        ],
      },
    );
    await expect(webhooks.send(message('https://crm.example/'))).rejects.toMatchObject({ facts: { why: 'private' } });
  });

  it('reach an allowed name, and ask for its addresses only once', async () => {
    const asked: string[] = [];
    const webhooks = new Webhooks(
      { WEBHOOKS_ALLOW_PRIVATE: ['CRM.example'] },
      {
        resolve: async (host) => {
          asked.push(host);
          return [{ address: asked.length === 1 ? '127.0.0.1' : '192.0.2.1', family: 4 }];
        },
      },
    );
    await webhooks.send(message(`http://crm.example:${port}/`));
    expect(requests).toHaveLength(1);
    expect(asked).toEqual(['crm.example']);
  });

  it('reach a listed host only, not its neighbours', async () => {
    await expect(allowed('127.0.0.2').send(toUs())).rejects.toThrow(WebhookAddressRefused);
    await expect(allowed('localhost').send(message(`http://localhost:${port}/`))).resolves.toBeUndefined();
  });
});

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import { LetterInvalid, MailRefused, MailUnavailable, SmtpMailer } from '@relance/notify';
import type { Letter } from '@relance/notify';

interface Taken {
  readonly from: string;
  readonly to: string[];
  readonly source: string;
  readonly isEncrypted: boolean;
}

function reply(code: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode: code });
}

describe('letters by SMTP', () => {
  const taken: Taken[] = [];
  let server: SMTPServer;
  let mailer: SmtpMailer;
  let port: number;

  const letter = (given: Partial<Letter> = {}): Letter => ({
    messageId: `${randomUUID()}@relance.test`,
    to: 'ada@example.org',
    subject: 'Ten minutes about your export?',
    text: 'Hello Ada,\n\nwe saw your question.\n',
    ...given,
  });
  const headerOf = (source: string, name: string): string | undefined =>
    source
      .slice(0, source.indexOf('\r\n\r\n'))
      .replaceAll(/\r\n[ \t]+/g, ' ')
      .split('\r\n')
      .find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}: `))
      ?.slice(name.length + 2);

  beforeAll(async () => {
    server = new SMTPServer({
      authOptional: true,
      allowInsecureAuth: true,
      onAuth: (_login, _session, callback) => callback(reply(535, '5.7.8 wrong password for me@example.org')),
      disabledCommands: ['STARTTLS'],
      onMailFrom: ({ address }, _session, callback) =>
        callback(address === 'stranger@example.org' ? reply(550, 'stranger@example.org may not send') : null),
      onRcptTo: ({ address }, _session, callback) => {
        if (address.startsWith('unknown')) return callback(reply(550, `5.1.1 <${address}> is unknown here`));
        if (address.startsWith('busy')) return callback(reply(451, `4.3.0 <${address}> try later`));
        return callback();
      },
      onData: (stream, session, callback) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const source = Buffer.concat(chunks).toString();
          if (source.includes('forbidden words')) return callback(reply(554, '5.7.1 smells of spam'));
          taken.push({
            from: session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address,
            to: session.envelope.rcptTo.map(({ address }) => address),
            source,
            isEncrypted: session.secure,
          });
          return callback();
        });
      },
    });
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    port = (server.server.address() as AddressInfo).port;
    mailer = new SmtpMailer(`smtp://127.0.0.1:${port}`, 'Relance <relance@example.org>');
  });
  afterAll(async () => {
    await new Promise<void>((resolve) => server.close(resolve));
  });

  it('hands over a letter as it was written, also where the server knows no TLS', async () => {
    const sent = letter({
      subject: 'Votre démonstration',
      html: '<p>Bonjour Ada</p>',
      headers: {
        'List-Unsubscribe': `<https://relance.test/u/${'x'.repeat(120)}>, <mailto:stop@relance.test>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        'Reply-To': 'lea@example.org',
      },
    });
    await mailer.send(sent);
    const got = taken.at(-1) as Taken;
    expect(got).toMatchObject({ from: 'relance@example.org', to: ['ada@example.org'], isEncrypted: false });
    expect(headerOf(got.source, 'Message-ID')).toBe(`<${sent.messageId}>`);
    expect(headerOf(got.source, 'From')).toBe('Relance <relance@example.org>');
    expect(headerOf(got.source, 'To')).toBe('ada@example.org');
    expect(headerOf(got.source, 'Subject')).toMatch(/^=\?UTF-8\?Q\?Votre_d=C3=A9monstration\?=$/i);
    expect(headerOf(got.source, 'List-Unsubscribe')).toBe(sent.headers?.['List-Unsubscribe']);
    expect(headerOf(got.source, 'List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click');
    expect(headerOf(got.source, 'Reply-To')).toBe('lea@example.org');
    expect(got.source).toContain('text/plain');
    expect(got.source).toContain('<p>Bonjour Ada</p>');
  });

  it.each([
    { name: 'a recipient unknown there', given: { to: 'unknown@example.org' }, reply: 550, status: '5.1.1' },
    { name: 'a letter it does not like', given: { text: 'forbidden words' }, reply: 554, status: '5.7.1' },
  ])('is refused for good with $name, without telling the address', async ({ given, reply: code, status }) => {
    const failure = await mailer.send(letter(given)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(MailRefused);
    expect(failure).toMatchObject({ kind: 'invalid', facts: { reply: code, status } });
    expect(everythingIn(failure)).not.toContain('@');
  });

  it.each([
    { name: 'the server asks to come back later', url: () => `smtp://127.0.0.1:${port}`, to: 'busy@example.org' },
    { name: 'nobody listens', url: () => 'smtp://127.0.0.1:1', to: 'ada@example.org' },
    { name: 'our password is refused', url: () => `smtp://me:wrong@127.0.0.1:${port}`, to: 'ada@example.org' },
  ])('may be tried again when $name', async ({ url, to }) => {
    const failure = await new SmtpMailer(url(), 'relance@example.org')
      .send(letter({ to }))
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(MailUnavailable);
    expect(failure).toMatchObject({ kind: 'unavailable' });
    expect(everythingIn(failure)).not.toMatch(/@|wrong/);
  });

  it('may be tried again when the server refuses the sender: that is not the recipient’s fault', async () => {
    const stranger = new SmtpMailer(`smtp://127.0.0.1:${port}`, 'stranger@example.org');
    await expect(stranger.send(letter())).rejects.toThrow(MailUnavailable);
  });

  it.each([
    { part: 'recipient', given: { to: 'a@b.org\r\nRCPT TO:<eve@example.org>' } },
    { part: 'recipient', given: { to: 'a@b.org, eve@example.org' } },
    { part: 'recipient', given: { to: 'Eve <eve@example.org>' } },
    { part: 'recipient', given: { to: 'nobody' } },
    { part: 'subject', given: { subject: 'Hello\r\nBcc: eve@example.org' } },
    { part: 'subject', given: { subject: 'Hello\nBcc: eve@example.org' } },
    { part: 'Message-ID', given: { messageId: 'a@b\r\nBcc: eve@example.org' } },
    { part: 'Message-ID', given: { messageId: 'no-host' } },
    { part: 'header X-Note', given: { headers: { 'X-Note': 'a\r\nBcc: eve@example.org' } } },
    { part: 'header name', given: { headers: { 'X-Note: a\r\nBcc': 'eve@example.org' } } },
    { part: 'header name', given: { headers: { Bcc: 'eve@example.org' } } },
    { part: 'header name', given: { headers: { 'content-type': 'text/html' } } },
  ])('is not sent at all with a $part that would smuggle something in: $given', async ({ part, given }) => {
    const before = taken.length;
    const failure = await mailer.send(letter(given)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(LetterInvalid);
    expect(failure).toMatchObject({ facts: { part } });
    expect(everythingIn(failure)).not.toContain('@');
    expect(taken).toHaveLength(before);
  });

  it('never reads files or URLs into a letter', async () => {
    await mailer.send(letter({ text: '/etc/passwd', html: 'http://169.254.169.254/' }));
    expect(taken.at(-1)?.source).toContain('/etc/passwd');
    expect(taken.at(-1)?.source).not.toContain('root:');
  });

  it('waits no longer than its time for a server that says nothing', async () => {
    const sockets = new Set<Socket>();
    const silent: Server = createServer((socket) => sockets.add(socket.on('error', () => socket.destroy())));
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port: silentPort } = silent.address() as AddressInfo;
    const began = performance.now();
    await expect(
      new SmtpMailer(`smtp://127.0.0.1:${silentPort}`, 'relance@example.org', { timeoutMs: 300 }).send(letter()),
    ).rejects.toThrow(MailUnavailable);
    expect(performance.now() - began).toBeLessThan(8_000);
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
});

/** All that a log line could show of an error. */
function everythingIn(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return [error.message, error.stack, JSON.stringify(error), error.cause === undefined ? '' : everythingIn(error.cause)]
    .join('\n')
    .replaceAll(/^\s+at .*$/gm, '');
}

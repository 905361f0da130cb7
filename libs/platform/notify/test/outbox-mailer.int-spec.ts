import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readSection } from '@relance/config';
import { LetterInvalid, MailUnavailable, OutboxMailer, SmtpMailer, createMailer, notifyConfig } from '@relance/notify';

describe('letters into the outbox', () => {
  let directory: string;
  const letter = (messageId: string, text = 'Hello Ada') => ({
    messageId,
    to: 'ada@example.org',
    subject: 'Hello',
    text,
  });
  const anOutbox = (): string => join(directory, randomUUID());

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'relance-outbox-'));
  });
  afterAll(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  it('are files that a mail program opens, called by their Message-ID', async () => {
    const outbox = anOutbox();
    await new OutboxMailer(outbox, 'Relance <relance@example.org>').send({
      ...letter('step-1.018f@relance.test'),
      html: '<p>Hello Ada</p>',
      headers: { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
    });
    expect(await readdir(outbox)).toEqual(['step-1.018f@relance.test.eml']);
    const source = await readFile(join(outbox, 'step-1.018f@relance.test.eml'), 'utf8');
    for (const line of [
      'Message-ID: <step-1.018f@relance.test>',
      'From: Relance <relance@example.org>',
      'To: ada@example.org',
      'Subject: Hello',
      'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
    ]) {
      expect(source).toContain(`${line}\r\n`);
    }
    expect(source).toMatch(/^Date: .+\r$/m);
  });

  it('are one file for one Message-ID, the first, however often and at once they are sent', async () => {
    const outbox = anOutbox();
    const mailer = new OutboxMailer(outbox, 'relance@example.org');
    await mailer.send(letter('same@relance.test', 'the first'));
    await Promise.all(Array.from({ length: 10 }, () => mailer.send(letter('<same@relance.test>', 'another'))));
    expect(await readdir(outbox)).toEqual(['same@relance.test.eml']);
    expect(await readFile(join(outbox, 'same@relance.test.eml'), 'utf8')).toContain('the first');
  });

  it('never leave the outbox, whatever the Message-ID is made of', async () => {
    const outbox = anOutbox();
    const mailer = new OutboxMailer(outbox, 'relance@example.org');
    await mailer.send(letter('../../etc/cron.d/x@relance.test'));
    await mailer.send(letter(`${'long'.repeat(100)}@relance.test`));
    const files = await readdir(outbox);
    expect(files).toHaveLength(2);
    expect(files.every((file) => file.endsWith('.eml') && file.length < 210)).toBe(true);
    await expect(mailer.send(letter('a@b\r\nBcc: eve@example.org'))).rejects.toThrow(LetterInvalid);
  });

  it('may be tried again when the disk does not take them', async () => {
    const blocked = anOutbox();
    await writeFile(blocked, 'a file where the directory should be');
    await expect(new OutboxMailer(blocked, 'relance@example.org').send(letter('x@relance.test'))).rejects.toThrow(
      MailUnavailable,
    );
  });

  it('are what happens where SMTP_URL is not set', async () => {
    const options = { outboxDirectory: anOutbox() };
    expect(createMailer(readSection(notifyConfig, {}), options)).toBeInstanceOf(OutboxMailer);
    expect(createMailer(readSection(notifyConfig, { SMTP_URL: 'smtps://mail.example.org' }), options)).toBeInstanceOf(
      SmtpMailer,
    );
  });

  it.each(['not an address', 'A <a@b.org>, B <b@b.org>', 'a@b.org\r\nBcc: eve@example.org', 'X\n<a@b.org>'])(
    'are not sent from %j',
    (MAIL_FROM) => {
      expect(() => readSection(notifyConfig, { MAIL_FROM })).toThrow(/MAIL_FROM/);
    },
  );
});

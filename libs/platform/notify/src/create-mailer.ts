import type { ConfigOf } from '@relance/config';
import type { Mailer } from './mailer.js';
import type { notifyConfig } from './notify.config.js';
import { OutboxMailer } from './outbox-mailer.js';
import { SmtpMailer } from './smtp-mailer.js';

/** By SMTP where `SMTP_URL` is set, into the outbox otherwise. */
export function createMailer(config: ConfigOf<typeof notifyConfig>, options: { outboxDirectory: string }): Mailer {
  return config.SMTP_URL === undefined
    ? new OutboxMailer(options.outboxDirectory, config.MAIL_FROM)
    : new SmtpMailer(config.SMTP_URL, config.MAIL_FROM);
}

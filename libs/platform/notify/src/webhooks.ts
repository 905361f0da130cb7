import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { ConfigOf } from '@relance/config';
import type { notifyConfig } from './notify.config.js';
import { OutsideHttp } from './outside-http.js';
import type { Resolve } from './outside-http.js';

export interface WebhookMessage {
  readonly url: string;
  /** `whsec_…`, as `newWebhookSecret` makes it. */
  readonly secret: string;
  /** The receiver's key against repetition: the same for every try. */
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  /** When it happened; now when absent. */
  readonly at?: Date | undefined;
}

/**
 * Tells other systems over HTTP. At least once: a repeated try carries the same id.
 *
 * All throw {WebhookAddressRefused}, {WebhookRefused} and {WebhookGone} for good, {WebhookUnavailable} for another try.
 */
export class Webhooks {
  private readonly http: OutsideHttp;

  constructor(
    config: Pick<ConfigOf<typeof notifyConfig>, 'WEBHOOKS_ALLOW_PRIVATE'>,
    options: { timeoutMs?: number; resolve?: Resolve } = {},
  ) {
    this.http = new OutsideHttp(config.WEBHOOKS_ALLOW_PRIVATE, options);
  }

  /** Sends a signed message as Standard Webhooks (https://www.standardwebhooks.com) has it. */
  async send(message: WebhookMessage): Promise<void> {
    const now = new Date();
    const body = JSON.stringify({
      type: message.type,
      timestamp: (message.at ?? now).toISOString(),
      data: message.data,
    });
    await this.http.post(message.url, body, {
      'webhook-id': message.id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': new Webhook(message.secret).sign(message.id, now, body),
    });
  }

  /** Posts JSON without a signature, for receivers that know us by the URL: Slack, Teams, PagerDuty. */
  async post(message: { url: string; body: unknown; headers?: Readonly<Record<string, string>> }): Promise<void> {
    await this.http.post(message.url, JSON.stringify(message.body), message.headers ?? {});
  }
}

/** A new secret for a receiver: 32 random bytes. Shown once, kept sealed. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

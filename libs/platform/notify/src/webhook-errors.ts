import { AppError } from '@relance/errors';

/** The address may not be reached from here: not http(s), private, or plain http to the open internet. Final. */
export class WebhookAddressRefused extends AppError {
  readonly code = 'notify.webhook-address-refused';
  readonly kind = 'invalid';

  constructor(why: 'malformed' | 'private' | 'plain-http' | 'credentials') {
    super(sentences[why], { why });
  }
}

const sentences = {
  malformed: 'A webhook needs an https URL',
  private: 'This host is private: WEBHOOKS_ALLOW_PRIVATE does not list it',
  'plain-http': 'Plain http is for hosts that WEBHOOKS_ALLOW_PRIVATE lists; use https',
  credentials: 'A webhook URL carries no user name and password',
};

/** The receiver refused the message for good: asking again with the same would be refused again. */
export class WebhookRefused extends AppError {
  readonly code = 'notify.webhook-refused';
  readonly kind = 'invalid';

  constructor(status: number) {
    super(`The receiver answered ${status}`, { status });
  }
}

/** The receiver wants no more messages at this address (410): it should be switched off. */
export class WebhookGone extends AppError {
  readonly code = 'notify.webhook-gone';
  readonly kind = 'invalid';

  constructor() {
    super('The receiver answered 410: it wants no more messages', { status: 410 });
  }
}

/** The receiver cannot be reached, is too slow, or has trouble of its own. Worth another try, with the same id. */
export class WebhookUnavailable extends AppError {
  readonly code = 'notify.webhook-unavailable';
  readonly kind = 'unavailable';

  constructor(facts: { status?: number; cause?: unknown }, retryAfterSeconds?: number) {
    super(
      facts.status === undefined ? 'The receiver cannot be reached' : `The receiver answered ${facts.status}`,
      facts,
      retryAfterSeconds === undefined ? {} : { retryAfterSeconds },
    );
  }
}

import { AppError } from '@relance/errors';

/** More came from one address than the source takes. */
export class TooManyRequests extends AppError {
  readonly code = 'ingestion.rate-limited';
  readonly kind = 'rate-limited';

  constructor(retryAfterSeconds: number) {
    super('Too many submissions came from this address', {}, { retryAfterSeconds });
  }
}

export class UnsupportedMediaType extends AppError {
  readonly code = 'ingestion.unsupported-type';
  readonly kind = 'unsupported';

  constructor() {
    super('This content type is not understood here');
  }
}

export class BodyTooLarge extends AppError {
  readonly code = 'ingestion.too-large';
  readonly kind = 'too-large';

  constructor() {
    super('The body is larger than 256 KiB');
  }
}

/** The bearer is not the source's secret, or the source has none. */
export class SecretWrong extends AppError {
  readonly code = 'ingestion.secret-wrong';
  readonly kind = 'unauthenticated';

  constructor() {
    super("This asks for the source's secret as a bearer token");
  }
}

import { AppError } from '@relance/errors';

/** Nothing says yet what a qualified lead is. Leads wait until something does. */
export class NoDefinitionInForce extends AppError {
  readonly code = 'scoring.no-definition-in-force';
  readonly kind = 'unavailable';

  constructor() {
    super('No qualified-lead definition is in force', {}, { retryAfterSeconds: 5 });
  }
}

import { AppError } from '@relance/errors';

/** Another transaction wrote a lead between our look at it and our write. The whole step is tried again. */
export class LeadChangedMeanwhile extends AppError {
  readonly code = 'scoring.lead-changed-meanwhile';
  readonly kind = 'unavailable';

  constructor(facts: { expected: number; written: number }) {
    super('Leads were written by another transaction meanwhile', facts, { retryAfterSeconds: 1 });
  }
}

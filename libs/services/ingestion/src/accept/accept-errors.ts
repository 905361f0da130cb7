import { AppError } from '@relance/errors';

/** More wait to be accepted than can be promised an answer. */
export class AcceptQueueFull extends AppError {
  readonly code = 'ingestion.queue-full';
  readonly kind = 'unavailable';

  constructor() {
    super('Too many deliveries are waiting to be accepted', {}, { retryAfterSeconds: 1 });
  }
}

/** The database did not answer in time. What was sent may still be accepted; a repeat gets the same answer. */
export class AcceptDeadlinePassed extends AppError {
  readonly code = 'ingestion.deadline-passed';
  readonly kind = 'unavailable';

  constructor() {
    super('The delivery could not be accepted in time', {}, { retryAfterSeconds: 2 });
  }
}

/** This process is stopping. */
export class NotAccepting extends AppError {
  readonly code = 'ingestion.stopping';
  readonly kind = 'unavailable';

  constructor() {
    super('This server is stopping', {}, { retryAfterSeconds: 1 });
  }
}

/** The key was used for another submission of this source. */
export class DeliveryKeyReused extends AppError {
  readonly code = 'ingestion.idempotency-key-reused';
  readonly kind = 'invalid';

  constructor() {
    super(
      'This Idempotency-Key was used for another submission',
      {},
      {
        issues: [
          { pointer: '', code: 'idempotency-key-reused', message: 'the Idempotency-Key belongs to another body' },
        ],
      },
    );
  }
}

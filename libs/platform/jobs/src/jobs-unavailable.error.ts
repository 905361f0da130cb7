import { AppError } from '@relance/errors';

/** The queue's backend is out of reach. The row that asked for the job is there; its sweep arms the job again. */
export class JobsUnavailable extends AppError {
  readonly code = 'jobs.unavailable';
  readonly kind = 'unavailable';

  constructor(queue: string, cause: unknown) {
    super(`The queue ${queue} is out of reach`, { queue }, { cause, retryAfterSeconds: 5 });
  }
}

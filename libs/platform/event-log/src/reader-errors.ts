import { AppError } from '@relance/errors';

/** Too many leads were parked one after the other: it is the code that is bad, not the leads. */
export class ReaderStopped extends AppError {
  readonly code = 'event-log.reader-stopped';
  readonly kind = 'unavailable';

  constructor(group: string, parkedInARow: number) {
    super(`The reader ${group} stopped: ${parkedInARow} leads were parked in a row`, { group, parkedInARow });
  }
}

/** Another instance of the group moved the cursor: what is in hand is its business now. */
export class Superseded extends AppError {
  readonly code = 'event-log.superseded';
  readonly kind = 'conflict';

  constructor(group: string) {
    super(`Another reader of ${group} went ahead`, { group });
  }
}

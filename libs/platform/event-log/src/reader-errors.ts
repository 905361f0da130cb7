import { AppError } from '@relance/errors';

/** Too many leads were parked one after the other: it is the code that is bad, not the leads. */
export class ReaderStopped extends AppError {
  readonly code = 'event-log.reader-stopped';
  readonly kind = 'unavailable';

  constructor(group: string, parkedInARow: number) {
    super(`The reader ${group} stopped: ${parkedInARow} leads were parked in a row`, { group, parkedInARow });
  }
}

/** Kafka holds what this database never sent: the database was restored from a copy that is older than the topics. */
export class EpochUnknown extends AppError {
  readonly code = 'event-log.epoch-unknown';
  readonly kind = 'conflict';

  constructor(epoch: number) {
    super('The topics are newer than the database. Delete the topics: they are made and filled again.', { epoch });
  }
}

/** Another instance of the group moved the cursor, or a replay began: what is in hand is no longer this reader's business. */
export class Superseded extends AppError {
  readonly code = 'event-log.superseded';
  readonly kind = 'conflict';

  constructor(group: string) {
    super(`Another reader of ${group} went ahead`, { group });
  }
}

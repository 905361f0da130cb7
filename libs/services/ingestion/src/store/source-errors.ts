import { AppError } from '@relance/errors';

export class SourceNotFound extends AppError {
  readonly code = 'ingestion.source-not-found';
  readonly kind = 'not-found';

  constructor(key: string) {
    super('There is no such source', { source: key });
  }
}

export class SourceExists extends AppError {
  readonly code = 'ingestion.source-exists';
  readonly kind = 'conflict';

  constructor(key: string) {
    super('There is a source with this key already', { source: key });
  }
}

/** Leads say where they came from: their source may be disabled, never deleted. */
export class SourceInUse extends AppError {
  readonly code = 'ingestion.source-in-use';
  readonly kind = 'conflict';

  constructor(key: string) {
    super('Leads came from this source; disable it instead', { source: key });
  }
}

export class SourceDisabled extends AppError {
  readonly code = 'ingestion.source-disabled';
  readonly kind = 'forbidden';

  constructor(key: string) {
    super('This source is disabled', { source: key });
  }
}

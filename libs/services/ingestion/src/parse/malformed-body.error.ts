import { AppError } from '@relance/errors';

/** The bytes are not what their content type says. */
export class MalformedBody extends AppError {
  readonly code = 'ingestion.malformed-body';
  readonly kind = 'malformed';

  constructor(what: 'JSON' | 'a form' | 'multipart', cause?: unknown) {
    super(`The body cannot be read as ${what}`, {}, { cause });
  }
}

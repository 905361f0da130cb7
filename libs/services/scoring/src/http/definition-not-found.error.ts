import { AppError } from '@relance/errors';

export class DefinitionNotFound extends AppError {
  readonly code = 'scoring.definition-not-found';
  readonly kind = 'not-found';

  constructor(version: number) {
    super(`There is no definition of version ${version}`, { version });
  }
}

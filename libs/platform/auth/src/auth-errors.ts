import { AppError } from '@relance/errors';

export class TokenMissing extends AppError {
  readonly code = 'auth.token-missing';
  readonly kind = 'unauthenticated';

  constructor() {
    super('Send a token: Authorization: Bearer <token>');
  }
}

export class TokenUnknown extends AppError {
  readonly code = 'auth.token-unknown';
  readonly kind = 'unauthenticated';

  constructor() {
    super('This token is not valid');
  }
}

export class RoleForbidden extends AppError {
  readonly code = 'auth.role-forbidden';
  readonly kind = 'forbidden';

  constructor(facts: { role: string; allowed: readonly string[] }) {
    super(`A ${facts.role} may not do this`, facts);
  }
}

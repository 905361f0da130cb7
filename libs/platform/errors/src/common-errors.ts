import { AppError } from './app-error.js';
import type { FieldIssue } from './app-error.js';

/** What was sent is understood, and some of its fields are wrong. Names each. */
export class InvalidInput extends AppError {
  readonly code = 'invalid-input';
  readonly kind = 'invalid';

  constructor(issues: readonly FieldIssue[]) {
    super(issues.map((issue) => `${issue.pointer || '/'}: ${issue.message}`).join('; '), {}, { issues });
  }
}

/** The `If-Match` of a write names another version than the one in force. */
export class VersionMismatch extends AppError {
  readonly code = 'version-mismatch';
  readonly kind = 'precondition-failed';

  constructor(facts: { expected: string; actual: string }) {
    super(`This was changed meanwhile: it is at version ${facts.actual}, not ${facts.expected}. Read it again`, facts);
  }
}

import { AppError } from '@relance/errors';
import type { FieldIssue } from '@relance/errors';
import type { Stage } from '@relance/lead';

export class AssignmentNotFound extends AppError {
  readonly code = 'routing.assignment-not-found';
  readonly kind = 'not-found';

  constructor(assignmentId: string) {
    super('There is no such assignment', { assignmentId });
  }
}

/** Somebody else has the lead now, or nobody. */
export class AssignmentOver extends AppError {
  readonly code = 'routing.assignment-over';
  readonly kind = 'conflict';

  constructor(facts: { assignmentId: string; owner: string | null; endedFor: string | null }) {
    super(
      facts.owner === null ? 'This assignment is over and nobody has the lead' : `${facts.owner} has this lead now`,
      facts,
    );
  }
}

/** The lead's stage does not allow it. */
export class MoveIllegal extends AppError {
  readonly code = 'routing.move-illegal';
  readonly kind = 'conflict';

  constructor(facts: { assignmentId: string; verb: string; stage: Stage; owner: string | null }) {
    super(`A lead in stage ${facts.stage} cannot take ${facts.verb}`, facts);
  }
}

export class NotYours extends AppError {
  readonly code = 'routing.not-yours';
  readonly kind = 'forbidden';

  constructor() {
    super('A rep acts on their own leads only');
  }
}

export class TeamNotFound extends AppError {
  readonly code = 'routing.team-not-found';
  readonly kind = 'not-found';

  constructor(key: string) {
    super('There is no such team', { key });
  }
}

export class MemberNotFound extends AppError {
  readonly code = 'routing.member-not-found';
  readonly kind = 'not-found';

  constructor(key: string) {
    super('There is no such member', { key });
  }
}

export class NoDraft extends AppError {
  readonly code = 'routing.no-draft';
  readonly kind = 'conflict';

  constructor() {
    super('There is no draft to publish: save one first');
  }
}

/** Rules that would leave leads without an answer. */
export class RulesRefused extends AppError {
  readonly code = 'routing.rules-refused';
  readonly kind = 'invalid';

  constructor(issues: readonly FieldIssue[]) {
    super(issues.map((issue) => `${issue.pointer}: ${issue.message}`).join('; '), {}, { issues });
  }
}

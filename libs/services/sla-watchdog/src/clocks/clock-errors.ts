import { AppError } from '@relance/errors';
import type { ClockId } from '@relance/lead';
import type { ClockState } from '../decide/sla-clock.js';

export class ClockNotFound extends AppError {
  readonly code = 'sla.clock-not-found';
  readonly kind = 'not-found';

  constructor(clockId: string) {
    super(`There is no clock ${clockId}`, { clockId });
  }
}

export class NotYourPromise extends AppError {
  readonly code = 'sla.not-yours';
  readonly kind = 'forbidden';

  constructor() {
    super('A rep pauses and resumes the promises of their own leads only');
  }
}

/** The clock is not in a state in which that can be done. Its facts say how it stands. */
export class ClockNotMovable extends AppError {
  readonly code = 'sla.clock-not-movable';
  readonly kind = 'conflict';

  constructor(facts: { clockId: ClockId; state: ClockState; dueAt: string }, why: string) {
    super(`The clock ${why}`, facts);
  }
}

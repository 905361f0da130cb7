import { AppError } from '@relance/errors';
import type { LeadId } from '@relance/lead';

export class ScoreNotFound extends AppError {
  readonly code = 'scoring.score-not-found';
  readonly kind = 'not-found';

  constructor(leadId: LeadId) {
    super(`Lead ${leadId} has no score`, { leadId });
  }
}

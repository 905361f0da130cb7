import { Injectable } from '@nestjs/common';
import { AppError } from '@relance/errors';
import type { LeadId, SubmissionId } from '@relance/lead';
import { Db } from '@relance/postgres';
import { LeadRepository } from '../store/lead.repository.js';
import { SubmissionRepository } from '../store/submission.repository.js';
import type { QuarantinedSubmission } from '../store/submission.repository.js';
import { LeadJoining } from './lead-joining.js';
import type { Submission } from './submission.js';

export class NotInQuarantine extends AppError {
  readonly code = 'ingestion.not-in-quarantine';
  readonly kind = 'not-found';

  constructor(submissionId: SubmissionId) {
    super('No submission of this id was ever kept apart', { submissionId });
  }
}

export interface Released {
  readonly submissionId: SubmissionId;
  readonly leadId: LeadId;
  readonly status: 'released';
}

/** Lets submissions through that were kept apart. */
@Injectable()
export class Quarantine {
  constructor(
    private readonly db: Db,
    private readonly submissions: SubmissionRepository,
    private readonly leads: LeadRepository,
    private readonly joining: LeadJoining,
  ) {}

  /**
   * Makes a lead of it, or adds it to the one that it belongs to; that one the sender's lead id leads to from now on.
   *
   * @throws {NotInQuarantine}
   */
  async release(submissionId: SubmissionId): Promise<Released> {
    return this.db.transaction(async (tx): Promise<Released> => {
      const kept = await this.submissions.lockQuarantined(tx, submissionId);
      if (!kept) throw new NotInQuarantine(submissionId);
      if (kept.status === 'released') {
        const standing = (await this.leads.lock(tx, [kept.leadId])).get(kept.leadId);
        return { submissionId, leadId: standing?.leadId ?? kept.leadId, status: 'released' };
      }
      const joined = await this.joining.join(tx, [submissionOf(kept)]);
      await this.joining.write(tx, joined, []);
      await this.submissions.markReleased(tx, submissionId);
      const leadId = joined.addressed[0]?.leadId ?? kept.leadId;
      if (leadId !== kept.leadId) await this.leads.addAlias(tx, kept.leadId, submissionId, leadId);
      return { submissionId, leadId, status: 'released' };
    });
  }
}

function submissionOf(kept: QuarantinedSubmission): Submission {
  return {
    ...kept,
    originals: {},
    suspicion: null,
    delivery: { key: '', content: '', isNamed: false, keptForSeconds: 0, isFoundBy: 'key' },
  };
}

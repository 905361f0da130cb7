import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { Roles } from '@relance/auth';
import { decodeCursor, encodeCursor, pageOf, pageSchema } from '@relance/http';
import type { Page, PageQuery } from '@relance/http';
import { submissionIdSchema } from '@relance/lead';
import type { SubmissionId } from '@relance/lead';
import { Quarantine } from '../accept/quarantine.js';
import type { Released } from '../accept/quarantine.js';
import { SubmissionRepository } from '../store/submission.repository.js';
import type { QuarantinedSubmission } from '../store/submission.repository.js';

/** Submissions that may be spam. Nothing is thrown away: people look, and release. */
@Controller('api/ingestion/quarantine')
@Roles('administrator', 'manager', 'operator')
export class QuarantineController {
  constructor(
    private readonly submissions: SubmissionRepository,
    private readonly quarantine: Quarantine,
  ) {}

  @Get()
  async list(@Query({ schema: pageSchema }) { limit, cursor }: PageQuery): Promise<Page<QuarantinedSubmission>> {
    const before = cursor === undefined ? null : decodeCursor(submissionIdSchema, cursor);
    return pageOf(await this.submissions.quarantined(limit + 1, before), limit, (last) =>
      encodeCursor(last.submissionId),
    );
  }

  /** Lets it through as if it had come in now. A second release answers like the first. */
  @Post(':submissionId/release')
  @HttpCode(200)
  async release(@Param('submissionId', { schema: submissionIdSchema }) submissionId: SubmissionId): Promise<Released> {
    return this.quarantine.release(submissionId);
  }
}

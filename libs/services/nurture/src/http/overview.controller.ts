import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { nurtureQuerySchema, suppressionRequestSchema } from '@relance/api';
import type { EnrolmentView, NurtureQuery, SendView, SuppressionRequest, SuppressionView } from '@relance/api';
import { Roles } from '@relance/auth';
import { decodeCursor, encodeCursor, pageOf, pageSchema } from '@relance/http';
import type { Page, PageQuery } from '@relance/http';
import { instantSchema } from '@relance/lead';
import { emailHashOf } from '../decide/letter-facts.js';
import { OverviewRepository } from '../store/overview.repository.js';
import { Unsubscription } from '../unsubscribe/unsubscription.js';

const cursorSchema = z.object({ at: instantSchema, id: z.string() });

/** Who is in which track, what was sent or held back, and who is left alone. */
@Controller('api/nurture')
@Roles('administrator', 'manager', 'rep', 'operator', 'reader')
export class OverviewController {
  constructor(
    private readonly overview: OverviewRepository,
    private readonly unsubscription: Unsubscription,
  ) {}

  @Get('enrolments')
  async enrolments(@Query({ schema: nurtureQuerySchema }) query: NurtureQuery): Promise<Page<EnrolmentView>> {
    const rows = await this.overview.enrolments({ ...sliceOf(query), leadId: query.leadId ?? null });
    return pageOf(rows, query.limit, (last) => encodeCursor({ at: last.startedAt, id: last.enrolmentId }));
  }

  @Get('sends')
  async sends(@Query({ schema: nurtureQuerySchema }) query: NurtureQuery): Promise<Page<SendView>> {
    const rows = await this.overview.sends({ ...sliceOf(query), leadId: query.leadId ?? null });
    return pageOf(rows, query.limit, (last) => encodeCursor({ at: last.at, id: last.sendId }));
  }

  @Get('suppressions')
  async suppressions(@Query({ schema: pageSchema }) query: PageQuery): Promise<Page<SuppressionView>> {
    const rows = await this.overview.suppressions(sliceOf(query));
    return pageOf(rows, query.limit, (last) => encodeCursor({ at: last.at, id: last.emailHash }));
  }

  /** The address is known by its hash from then on, and every track for it ends. Saying it again changes nothing. */
  @Post('suppressions')
  @HttpCode(201)
  @Roles('administrator', 'manager', 'operator')
  async suppress(
    @Body({ schema: suppressionRequestSchema }) { email, reason }: SuppressionRequest,
  ): Promise<SuppressionView> {
    const emailHash = emailHashOf(email);
    const at = await this.unsubscription.suppress(emailHash, reason);
    return { emailHash, reason, at: at.toISOString() };
  }
}

function sliceOf({ limit, cursor }: PageQuery): {
  limit: number;
  before: { at: string; id: string } | null;
} {
  return {
    limit: limit + 1,
    before: cursor === undefined || cursor === '' ? null : decodeCursor(cursorSchema, cursor),
  };
}

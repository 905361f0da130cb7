import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { CallerOf, Roles } from '@relance/auth';
import type { Caller } from '@relance/auth';
import { Idempotent, pageOfAll, pageSchema } from '@relance/http';
import type { Page } from '@relance/http';
import { clockIdSchema, leadIdSchema } from '@relance/lead';
import type { ClockId } from '@relance/lead';
import { Db } from '@relance/postgres';
import { ClockNotFound, NotYourPromise } from '../clocks/clock-errors.js';
import { ClockPlans } from '../clocks/clock-plans.js';
import { ClockViews } from '../store/clock-views.js';
import type { ClockView } from '../store/clock-views.js';

const clocksQuery = pageSchema.extend({ leadId: leadIdSchema });

/** Why a promise may wait; the time is counted apart. */
const pauseReasons = ['waiting-for-prospect', 'callback-agreed', 'prospect-away'] as const;
const pauseSchema = z.strictObject({ reason: z.enum(pauseReasons) });

/** The promises made to a lead. */
@Controller('api/sla/clocks')
export class ClocksController {
  constructor(
    private readonly db: Db,
    private readonly views: ClockViews,
    private readonly plans: ClockPlans,
  ) {}

  @Get()
  @Roles('administrator', 'manager', 'rep', 'operator', 'reader')
  async ofLead(@Query({ schema: clocksQuery }) query: z.infer<typeof clocksQuery>): Promise<Page<ClockView>> {
    return pageOfAll(await this.views.ofLead(query.leadId), query, ({ id }) => id);
  }

  @Post(':id/pause')
  @HttpCode(200)
  @Idempotent()
  @Roles('administrator', 'manager', 'rep', 'operator')
  async pause(
    @Param('id', { schema: clockIdSchema }) id: ClockId,
    @Body({ schema: pauseSchema }) body: z.infer<typeof pauseSchema>,
    @CallerOf() caller: Caller,
  ): Promise<ClockView> {
    await this.mayMove(id, caller);
    await this.db.transaction((tx) => this.plans.pause(tx, id, body.reason, nameOf(caller)));
    return this.view(id);
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Idempotent()
  @Roles('administrator', 'manager', 'rep', 'operator')
  async resume(@Param('id', { schema: clockIdSchema }) id: ClockId, @CallerOf() caller: Caller): Promise<ClockView> {
    await this.mayMove(id, caller);
    await this.db.transaction((tx) => this.plans.resume(tx, id, nameOf(caller)));
    return this.view(id);
  }

  /** @throws {ClockNotFound} {NotYourPromise} */
  private async mayMove(id: ClockId, caller: Caller): Promise<void> {
    if (caller.role === 'rep' && (await this.view(id)).member !== caller.member) throw new NotYourPromise();
  }

  private async view(id: ClockId): Promise<ClockView> {
    const view = await this.views.one(id);
    if (!view) throw new ClockNotFound(id);
    return view;
  }
}

function nameOf(caller: Caller): string {
  return caller.member ?? caller.role;
}

import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { CallerOf, Roles } from '@relance/auth';
import type { Caller } from '@relance/auth';
import { AppError } from '@relance/errors';
import { decodeCursor, encodeCursor, pageOf, pageSchema } from '@relance/http';
import type { Page } from '@relance/http';
import { instantSchema } from '@relance/lead';
import { Db } from '@relance/postgres';
import { AlertRepository } from '../store/alert.repository.js';
import type { AlertView } from '../store/alert.repository.js';

class AlertNotFound extends AppError {
  readonly code = 'sla.alert-not-found';
  readonly kind = 'not-found';

  constructor(alertId: string) {
    super(`There is no alert ${alertId}`, { alertId });
  }
}

const alertsQuery = pageSchema.extend({ state: z.enum(['firing', 'resolved']).optional() });
const cursorSchema = z.tuple([instantSchema, z.uuid()]);
const alertId = z.uuid();

/** Alerts: breaches of one milestone in one team, who was told, and what people did about it. */
@Controller('api/sla/alerts')
@Roles('administrator', 'manager', 'operator')
export class AlertsController {
  constructor(
    private readonly db: Db,
    private readonly alerts: AlertRepository,
  ) {}

  @Get()
  @Roles('administrator', 'manager', 'rep', 'operator', 'reader')
  async list(@Query({ schema: alertsQuery }) query: z.infer<typeof alertsQuery>): Promise<Page<AlertView>> {
    const after = query.cursor === undefined ? null : decodeCursor(cursorSchema, query.cursor);
    const rows = await this.alerts.list({ state: query.state ?? null, limit: query.limit + 1, after });
    return pageOf(rows, query.limit, (last) => encodeCursor([last.openedAt.toISOString(), last.id]));
  }

  /** Somebody is on it: no more messages while it fires. */
  @Post(':id/ack')
  @HttpCode(200)
  async ack(@Param('id', { schema: alertId }) id: string, @CallerOf() caller: Caller): Promise<AlertView> {
    return this.act(id, 'ack', caller);
  }

  /** No more messages until another breach joins. */
  @Post(':id/silence')
  @HttpCode(200)
  async silence(@Param('id', { schema: alertId }) id: string, @CallerOf() caller: Caller): Promise<AlertView> {
    return this.act(id, 'silence', caller);
  }

  @Post(':id/resolve')
  @HttpCode(200)
  async resolve(@Param('id', { schema: alertId }) id: string, @CallerOf() caller: Caller): Promise<AlertView> {
    return this.act(id, 'resolve', caller);
  }

  private async act(id: string, verb: 'ack' | 'silence' | 'resolve', caller: Caller): Promise<AlertView> {
    const view = await this.db.transaction((tx) => this.alerts.act(tx, id, verb, caller.member ?? caller.role));
    if (!view) throw new AlertNotFound(id);
    return view;
  }
}

import { Controller, Get, Query } from '@nestjs/common';
import { z } from 'zod';
import { Roles } from '@relance/auth';
import { decodeCursor, encodeCursor, pageOf, pageSchema } from '@relance/http';
import type { Page } from '@relance/http';
import { instantSchema } from '@relance/lead';
import { ClockViews } from '../store/clock-views.js';
import type { BreachView } from '../store/clock-views.js';

const breachesQuery = pageSchema.extend({ since: instantSchema.default('1970-01-01T00:00:00Z') });
const cursorSchema = z.tuple([instantSchema, z.uuid()]);

/** Broken promises, newest first. A miss stays one, also after a late answer; one that was withdrawn is none. */
@Controller('api/sla/breaches')
export class BreachesController {
  constructor(private readonly views: ClockViews) {}

  @Get()
  @Roles('administrator', 'manager', 'rep', 'operator', 'reader')
  async list(@Query({ schema: breachesQuery }) query: z.infer<typeof breachesQuery>): Promise<Page<BreachView>> {
    const after = query.cursor === undefined ? null : decodeCursor(cursorSchema, query.cursor);
    const rows = await this.views.breaches({ since: query.since, limit: query.limit + 1, after });
    return pageOf(rows, query.limit, (last) => encodeCursor([last.firedAt.toISOString(), last.clockId]));
  }
}

import { Controller, Get, Query } from '@nestjs/common';
import { z } from 'zod';
import { Roles } from '@relance/auth';
import { decodeCursor, encodeCursor, pageOf, pageSchema } from '@relance/http';
import type { Page, PageQuery } from '@relance/http';
import { HoldingRepository } from '../store/holding.repository.js';
import type { HeldView } from '../store/holding.repository.js';

const cursorSchema = z.object({ since: z.string().max(40), holdingId: z.uuid() });
const beginning = { since: '-infinity', holdingId: '00000000-0000-0000-0000-000000000000' };

@Controller('api/routing/held')
@Roles('administrator', 'manager', 'rep', 'operator', 'reader')
export class HeldController {
  constructor(private readonly holdings: HoldingRepository) {}

  /** Who waits for whom, since when; the longest first. */
  @Get()
  async list(@Query({ schema: pageSchema }) { limit, cursor }: PageQuery): Promise<Page<HeldView>> {
    const after = cursor === undefined ? beginning : decodeCursor(cursorSchema, cursor);
    const page = pageOf(await this.holdings.page(after, limit + 1), limit, ({ cursorSince, holdingId }) =>
      encodeCursor({ since: cursorSince, holdingId }),
    );
    return { ...page, items: page.items.map(({ cursorSince: _cursorSince, ...held }) => held) };
  }
}

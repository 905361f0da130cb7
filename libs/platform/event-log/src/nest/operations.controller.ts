import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { Roles } from '@relance/auth';
import { decodeCursor, encodeCursor, pageOf, pageSchema } from '@relance/http';
import type { Page, PageQuery } from '@relance/http';
import type { DeadLetter } from '../dead-letters.js';
import { Readers } from './readers.js';
import type { RedriveReport } from './readers.js';

const redriveSchema = z
  .strictObject({
    ids: z.array(z.uuid()).min(1).max(10_000).optional(),
    filter: z
      .strictObject({
        group: z.string().optional(),
        type: z.string().optional(),
        key: z.string().optional(),
        code: z.string().optional(),
      })
      .optional(),
    dryRun: z.boolean().default(false),
  })
  .refine((request) => (request.ids === undefined) !== (request.filter === undefined), {
    message: 'give either ids or a filter',
  });

/** What operators see of the event log: how far its readers are, and what they could not handle. */
@Controller('api/operations')
@Roles('administrator', 'operator')
export class OperationsController {
  constructor(private readonly readers: Readers) {}

  @Get('readers')
  async lag(): Promise<{ items: object[] }> {
    return { items: await this.readers.lag() };
  }

  @Post('readers/:group/replay')
  @HttpCode(202)
  async replay(@Param('group') group: string): Promise<{ group: string }> {
    await this.readers.replay(group);
    return { group };
  }

  @Get('dead-letters')
  async letters(@Query({ schema: pageSchema }) page: PageQuery): Promise<Page<DeadLetter>> {
    const before = page.cursor === undefined ? undefined : decodeCursor(z.uuid(), page.cursor);
    const letters = await this.readers.letterPage(page.limit + 1, before);
    return pageOf(letters, page.limit, (letter) => encodeCursor(letter.id));
  }

  @Post('dead-letters/redrive')
  @HttpCode(200)
  async redrive(@Body({ schema: redriveSchema }) request: z.infer<typeof redriveSchema>): Promise<RedriveReport> {
    return this.readers.redrive(
      { ...(request.ids ? { ids: request.ids } : {}), ...definedOf(request.filter ?? {}) },
      request.dryRun,
    );
  }
}

function definedOf<T extends object>(fields: T): { [Name in keyof T]: NonNullable<T[Name]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]: NonNullable<T[Name]>;
  };
}

import { Body, Controller, Get, Param, Put, Query } from '@nestjs/common';
import { z } from 'zod';
import { Roles } from '@relance/auth';
import { pageOfAll, pageSchema } from '@relance/http';
import type { Page, PageQuery } from '@relance/http';
import { OutcomeRepository } from '../store/outcome.repository.js';
import type { Outcome } from '../store/outcome.repository.js';
import { outcomeSchema } from './work-schemas.js';
import type { OutcomeInput } from './work-schemas.js';

const codeSchema = z.string().regex(/^[A-Z][A-Z0-9_]{0,49}$/, 'must be capitals, digits and _');

/** What a follow-up can lead to, with its grade of evidence. */
@Controller('api/routing/outcomes')
export class OutcomesController {
  constructor(private readonly outcomes: OutcomeRepository) {}

  @Get()
  @Roles('administrator', 'manager', 'rep', 'operator', 'reader')
  async list(@Query({ schema: pageSchema }) page: PageQuery): Promise<Page<Outcome>> {
    return pageOfAll(await this.outcomes.all(), page, ({ code }) => code);
  }

  @Put(':code')
  @Roles('administrator', 'manager')
  async save(
    @Param('code', { schema: codeSchema }) code: string,
    @Body({ schema: outcomeSchema }) outcome: OutcomeInput,
  ): Promise<Outcome> {
    const saved = { code, ...outcome };
    await this.outcomes.save(saved);
    return saved;
  }
}

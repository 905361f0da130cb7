import { Controller, Get, Param, Query } from '@nestjs/common';
import type { ScoringDefinitionListItem, ScoringDefinitionView } from '@relance/api';
import { Roles } from '@relance/auth';
import { decodeCursor, encodeCursor, pageOf, pageSchema } from '@relance/http';
import type { Page, PageQuery } from '@relance/http';
import { Db } from '@relance/postgres';
import { z } from 'zod';
import { DefinitionRepository } from '../store/definition.repository.js';
import { DefinitionNotFound } from './definition-not-found.error.js';

const versionSchema = z.coerce.number().int().positive().max(2_147_483_647);

/** The versions of the qualified-lead definition. */
@Controller('api/scoring/definitions')
@Roles('administrator', 'manager', 'rep', 'operator', 'reader')
export class DefinitionsController {
  constructor(
    private readonly definitions: DefinitionRepository,
    private readonly db: Db,
  ) {}

  @Get()
  async list(@Query({ schema: pageSchema }) page: PageQuery): Promise<Page<ScoringDefinitionListItem>> {
    const before = page.cursor === undefined ? null : decodeCursor(versionSchema, page.cursor);
    const rows = await this.definitions.list(this.db, before, page.limit + 1);
    return pageOf(rows, page.limit, (row) => encodeCursor(row.version));
  }

  @Get(':version')
  async one(@Param('version', { schema: versionSchema }) version: number): Promise<ScoringDefinitionView> {
    const definition = await this.definitions.find(this.db, version);
    if (definition === null) throw new DefinitionNotFound(version);
    return definition;
  }
}

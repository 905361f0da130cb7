import { Controller, Get, Param, Query } from '@nestjs/common';
import { leadListQuerySchema } from '@relance/api';
import type { LeadListItem, LeadListQuery, LeadStory } from '@relance/api';
import { Roles } from '@relance/auth';
import { AppError } from '@relance/errors';
import { decodeCursor, encodeCursor, pageOf } from '@relance/http';
import type { Page } from '@relance/http';
import { leadIdSchema } from '@relance/lead';
import type { LeadId } from '@relance/lead';
import { searchQuery } from '../decide/search-text.js';
import { StoryRepository } from '../store/story.repository.js';

/** Nobody heard of this lead, or not yet. */
export class LeadNotFound extends AppError {
  readonly code = 'desk.lead-not-found';
  readonly kind = 'not-found';

  constructor(leadId: string) {
    super(`There is no lead ${leadId}`, { leadId });
  }
}

@Controller('api/desk/leads')
@Roles('administrator', 'manager', 'rep', 'operator', 'reader')
export class LeadsController {
  constructor(private readonly stories: StoryRepository) {}

  @Get()
  async list(@Query({ schema: leadListQuerySchema }) query: LeadListQuery): Promise<Page<LeadListItem>> {
    const typed = query.query?.trim() ?? '';
    const search = typed === '' ? null : searchQuery(typed);
    if (typed !== '' && search === null) return { items: [], nextCursor: null };
    const items = await this.stories.list({
      query: search,
      stage: query.stage === undefined || query.stage === '' ? null : query.stage,
      before: query.cursor === undefined || query.cursor === '' ? null : decodeCursor(leadIdSchema, query.cursor),
      limit: query.limit + 1,
    });
    return pageOf(items, query.limit, (last) => encodeCursor(last.leadId));
  }

  @Get(':leadId')
  async story(@Param('leadId', { schema: leadIdSchema }) leadId: LeadId): Promise<LeadStory> {
    const story = await this.stories.story(leadId);
    if (!story) throw new LeadNotFound(leadId);
    return story;
  }
}

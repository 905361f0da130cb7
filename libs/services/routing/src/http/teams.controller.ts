import { Body, Controller, Get, Headers, Param, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Roles } from '@relance/auth';
import { decodeCursor, encodeCursor, etagOf, pageOf, pageSchema } from '@relance/http';
import type { Page, PageQuery } from '@relance/http';
import { teamKeySchema } from '@relance/lead';
import type { TeamKey } from '@relance/lead';
import { Db } from '@relance/postgres';
import { TeamNotFound } from '../routing-errors.js';
import { PeopleRepository } from '../store/people.repository.js';
import type { TeamRecord } from '../store/people.repository.js';
import { Nudge } from '../steps/nudge.js';
import { People } from '../steps/people.js';
import { teamInputSchema } from './inputs.js';
import type { TeamInput } from './inputs.js';

type TeamView = Omit<TeamRecord, 'frozen'>;

@Controller('api/routing/teams')
export class TeamsController {
  constructor(
    private readonly db: Db,
    private readonly people: People,
    private readonly stored: PeopleRepository,
    private readonly nudge: Nudge,
  ) {}

  @Get()
  @Roles('administrator', 'manager', 'rep', 'operator', 'reader')
  async list(@Query({ schema: pageSchema }) { limit, cursor }: PageQuery): Promise<Page<TeamView>> {
    const after = cursor === undefined ? '' : decodeCursor(z.string(), cursor);
    const page = pageOf(await this.stored.teamPage(after, limit + 1), limit, (last) => encodeCursor(last.key));
    return { ...page, items: page.items.map(viewOf) };
  }

  @Get(':key')
  @Roles('administrator', 'manager', 'rep', 'operator', 'reader')
  async read(@Param('key') key: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<TeamView> {
    const team = await this.stored.findTeam(key);
    if (!team) throw new TeamNotFound(key);
    void reply.header('etag', etagOf(team.version));
    return viewOf(team);
  }

  /** 201 for a new team, 200 for one that was there. A calendar that never opens is refused. */
  @Put(':key')
  @Roles('administrator', 'manager')
  async save(
    @Param('key', { schema: teamKeySchema }) key: TeamKey,
    @Body({ schema: teamInputSchema }) input: TeamInput,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TeamView> {
    const { record, isNew } = await this.db.transaction((tx) => {
      this.nudge.afterCommit(tx);
      return this.people.saveTeam(tx, key, input, ifMatch);
    });
    void reply.status(isNew ? 201 : 200).header('etag', etagOf(record.version));
    return viewOf(record);
  }
}

function viewOf({ frozen: _frozen, ...team }: TeamRecord): TeamView {
  return team;
}

import { Body, Controller, Get, Headers, Param, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Roles } from '@relance/auth';
import { decodeCursor, encodeCursor, etagOf, pageOf, pageSchema } from '@relance/http';
import type { Page, PageQuery } from '@relance/http';
import { memberKeySchema } from '@relance/lead';
import type { MemberKey } from '@relance/lead';
import { Db } from '@relance/postgres';
import { MemberNotFound } from '../routing-errors.js';
import { PeopleRepository } from '../store/people.repository.js';
import type { MemberRecord } from '../store/people.repository.js';
import { Nudge } from '../steps/nudge.js';
import { People } from '../steps/people.js';
import { Releasing } from '../steps/releasing.js';
import { memberInputSchema } from './inputs.js';
import type { MemberInput } from './inputs.js';

type MemberView = Omit<MemberRecord, 'frozen' | 'returnedAt' | 'revision'> & {
  readonly version: number;
  readonly openWork?: number;
};

@Controller('api/routing/members')
export class MembersController {
  constructor(
    private readonly db: Db,
    private readonly people: People,
    private readonly stored: PeopleRepository,
    private readonly releasing: Releasing,
    private readonly nudge: Nudge,
  ) {}

  @Get()
  @Roles('administrator', 'manager', 'rep', 'operator', 'reader')
  async list(@Query({ schema: pageSchema }) { limit, cursor }: PageQuery): Promise<Page<MemberView>> {
    const after = cursor === undefined ? '' : decodeCursor(z.string(), cursor);
    const page = pageOf(await this.stored.memberPage(after, limit + 1), limit, (last) => encodeCursor(last.key));
    return { ...page, items: page.items.map(viewOf) };
  }

  @Get(':key')
  @Roles('administrator', 'manager', 'rep', 'operator', 'reader')
  async read(@Param('key') key: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<MemberView> {
    const member = await this.stored.findMember(key);
    if (!member) throw new MemberNotFound(key);
    void reply.header('etag', etagOf(member.revision));
    return viewOf(member);
  }

  /** 201 for a new member, 200 for one that was there. `active: false` releases their open work before it answers. */
  @Put(':key')
  @Roles('administrator', 'manager')
  async save(
    @Param('key', { schema: memberKeySchema }) key: MemberKey,
    @Body({ schema: memberInputSchema }) input: MemberInput,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MemberView> {
    const { record, isNew } = await this.db.transaction((tx) => {
      this.nudge.afterCommit(tx);
      return this.people.saveMember(tx, key, input, ifMatch);
    });
    if (!record.active) await this.releasing.vacate();
    void reply.status(isNew ? 201 : 200).header('etag', etagOf(record.revision));
    return viewOf(record);
  }
}

function viewOf(record: MemberRecord & { openWork?: number }): MemberView {
  const { frozen: _frozen, returnedAt: _returnedAt, revision, ...member } = record;
  return { ...member, version: revision };
}

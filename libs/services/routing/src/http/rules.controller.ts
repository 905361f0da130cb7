import { Body, Controller, Get, Headers, HttpCode, Post, Put, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { CallerOf, Roles } from '@relance/auth';
import type { Caller } from '@relance/auth';
import { Idempotent, etagOf } from '@relance/http';
import { bookWarnings, ruleBookSchema } from '../decide/rule-book.js';
import type { BookProblem, RuleBook } from '../decide/rule-book.js';
import { RuleBookRepository } from '../store/rule-book.repository.js';
import { Publishing, tagOfDraft } from '../steps/publishing.js';

type DraftView = RuleBook & { readonly warnings: readonly BookProblem[] };

@Controller('api/routing/rules')
export class RulesController {
  constructor(
    private readonly publishing: Publishing,
    private readonly books: RuleBookRepository,
  ) {}

  /** The rules in force. Version 0: none were ever published. */
  @Get()
  @Roles('administrator', 'manager', 'rep', 'operator', 'reader')
  async published(@Res({ passthrough: true }) reply: FastifyReply): Promise<RuleBook & { version: number }> {
    const { version, book } = await this.books.published();
    void reply.header('etag', etagOf(version));
    return { version, ...book };
  }

  /** The draft, or what is in force where there is none. */
  @Get('draft')
  @Roles('administrator', 'manager', 'operator', 'reader')
  async draft(@Res({ passthrough: true }) reply: FastifyReply): Promise<DraftView> {
    const state = await this.books.draft();
    const book = state.draft ?? (await this.books.published()).book;
    void reply.header('etag', tagOfDraft(state));
    return { ...book, warnings: bookWarnings(book) };
  }

  @Put('draft')
  @Roles('administrator', 'manager')
  async save(
    @Body({ schema: ruleBookSchema }) book: RuleBook,
    @CallerOf() caller: Caller,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DraftView> {
    const { warnings, tag } = await this.publishing.save(book, caller.member ?? caller.role, ifMatch);
    void reply.header('etag', tag);
    return { ...book, warnings };
  }

  @Post('draft/publish')
  @HttpCode(200)
  @Idempotent()
  @Roles('administrator', 'manager')
  async publish(
    @CallerOf() caller: Caller,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<{ version: number }> {
    return { version: await this.publishing.publish(caller.member ?? caller.role, ifMatch) };
  }
}

import { Body, Controller, Get, HttpCode, Post, Put } from '@nestjs/common';
import { CallerOf, Roles } from '@relance/auth';
import type { Caller } from '@relance/auth';
import { Idempotent } from '@relance/http';
import { bookWarnings, ruleBookSchema } from '../decide/rule-book.js';
import type { BookProblem, RuleBook } from '../decide/rule-book.js';
import { RuleBookRepository } from '../store/rule-book.repository.js';
import { Publishing } from '../steps/publishing.js';

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
  async published(): Promise<RuleBook & { version: number }> {
    const { version, book } = await this.books.published();
    return { version, ...book };
  }

  /** The draft, or what is in force where there is none. */
  @Get('draft')
  @Roles('administrator', 'manager', 'operator', 'reader')
  async draft(): Promise<DraftView> {
    const book = (await this.books.draft()) ?? (await this.books.published()).book;
    return { ...book, warnings: bookWarnings(book) };
  }

  @Put('draft')
  @Roles('administrator', 'manager')
  async save(@Body({ schema: ruleBookSchema }) book: RuleBook, @CallerOf() caller: Caller): Promise<DraftView> {
    const warnings = await this.publishing.save(book, caller.member ?? caller.role);
    return { ...book, warnings };
  }

  @Post('draft/publish')
  @HttpCode(200)
  @Idempotent()
  @Roles('administrator', 'manager')
  async publish(@CallerOf() caller: Caller): Promise<{ version: number }> {
    return { version: await this.publishing.publish(caller.member ?? caller.role) };
  }
}

import { Injectable } from '@nestjs/common';
import { Db } from '@relance/postgres';
import { bookProblems, bookWarnings } from '../decide/rule-book.js';
import type { BookProblem, RuleBook } from '../decide/rule-book.js';
import { NoDraft, RulesRefused } from '../routing-errors.js';
import { OrganisationRepository } from '../store/organisation.repository.js';
import { PeopleRepository } from '../store/people.repository.js';
import { RuleBookRepository } from '../store/rule-book.repository.js';
import { Nudge } from './nudge.js';

/** From draft to the rules in force. */
@Injectable()
export class Publishing {
  constructor(
    private readonly db: Db,
    private readonly books: RuleBookRepository,
    private readonly people: PeopleRepository,
    private readonly organisations: OrganisationRepository,
    private readonly nudge: Nudge,
  ) {}

  /** @returns what works and is probably not meant. @throws {RulesRefused} */
  async save(book: RuleBook, by: string): Promise<BookProblem[]> {
    await this.db.transaction(async (tx) => {
      refuse(bookProblems(book, await this.books.known(tx)));
      await this.books.saveDraft(tx, book, by);
    });
    return bookWarnings(book);
  }

  /** The draft comes into force, checked again: people may have changed since. @throws {NoDraft} {RulesRefused} */
  async publish(by: string): Promise<number> {
    return this.db.transaction(async (tx) => {
      await this.people.lock(tx);
      const book = await this.books.lockDraft(tx);
      if (!book) throw new NoDraft();
      refuse(bookProblems(book, await this.books.known(tx)));
      const version = await this.books.publish(tx, book, by);
      await this.organisations.changed(tx);
      this.nudge.afterCommit(tx);
      return version;
    });
  }
}

function refuse(problems: readonly BookProblem[]): void {
  if (problems.length > 0) throw new RulesRefused(problems);
}

import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { checkIfMatchTag, etagOf } from '@relance/http';
import { Db } from '@relance/postgres';
import { bookProblems, bookWarnings } from '../decide/rule-book.js';
import type { BookProblem, RuleBook } from '../decide/rule-book.js';
import { NoDraft, RulesRefused } from '../routing-errors.js';
import { OrganisationRepository } from '../store/organisation.repository.js';
import { PeopleRepository } from '../store/people.repository.js';
import { RuleBookRepository } from '../store/rule-book.repository.js';
import type { DraftState } from '../store/rule-book.repository.js';
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

  /** @returns what works and is probably not meant. @throws {VersionMismatch} {RulesRefused} */
  async save(
    book: RuleBook,
    by: string,
    ifMatch: string | undefined,
  ): Promise<{ warnings: BookProblem[]; tag: string }> {
    const { version } = await this.db.transaction(async (tx) => {
      await this.people.lock(tx);
      const state = await this.books.draftIn(tx);
      checkIfMatchTag(ifMatch, [tagOfDraft(state)]);
      refuse(bookProblems(book, await this.books.known(tx)));
      await this.books.saveDraft(tx, book, by);
      return state;
    });
    return { warnings: bookWarnings(book), tag: tagOfDraft({ version, draft: book }) };
  }

  /**
   * The draft comes into force, checked again: people may have changed since.
   *
   * @param ifMatch the tag of the draft that is meant, or of the version that it is to follow.
   * @throws {NoDraft} {VersionMismatch} {RulesRefused}
   */
  async publish(by: string, ifMatch: string | undefined): Promise<number> {
    return this.db.transaction(async (tx) => {
      await this.people.lock(tx);
      const book = await this.books.lockDraft(tx);
      if (!book) throw new NoDraft();
      const state = await this.books.draftIn(tx);
      checkIfMatchTag(ifMatch, [etagOf(state.version), tagOfDraft(state)]);
      refuse(bookProblems(book, await this.books.known(tx)));
      const version = await this.books.publish(tx, book, by);
      await this.organisations.changed(tx);
      this.nudge.afterCommit(tx);
      return version;
    });
  }
}

/** A draft is known by the version it would follow and by what it says; where there is none, by that version alone. */
export function tagOfDraft({ version, draft }: DraftState): string {
  if (draft === null) return etagOf(version);
  const says = createHash('sha256').update(JSON.stringify(draft)).digest('base64url').slice(0, 16);
  return `"${version}-${says}"`;
}

function refuse(problems: readonly BookProblem[]): void {
  if (problems.length > 0) throw new RulesRefused(problems);
}

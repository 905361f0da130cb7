import { Injectable } from '@nestjs/common';
import { Db } from '@relance/postgres';
import type { Tx } from '@relance/postgres';
import type { Known, RuleBook } from '../decide/rule-book.js';

export interface PublishedRules {
  readonly version: number;
  readonly book: RuleBook;
}

/** Which version a draft would follow, and the draft. */
export interface DraftState {
  readonly version: number;
  readonly draft: RuleBook | null;
}

const draftState = `
  select coalesce((select max(version) from routing.rule_book), 0) as version,
         (select book from routing.rule_draft) as draft`;

/** Drafts and published versions of the rules. A published version is never changed. */
@Injectable()
export class RuleBookRepository {
  constructor(private readonly db: Db) {}

  async published(): Promise<PublishedRules> {
    const [row] = await this.db.query<PublishedRules>(
      'select version, book from routing.rule_book order by version desc limit 1',
    );
    return row ?? { version: 0, book: { rules: [], pools: [] } };
  }

  async draft(): Promise<DraftState> {
    const [row] = await this.db.query<DraftState>(draftState);
    return row ?? { version: 0, draft: null };
  }

  async draftIn(tx: Tx): Promise<DraftState> {
    const [row] = await tx.query<DraftState>(draftState);
    return row ?? { version: 0, draft: null };
  }

  /** The draft, kept from everybody else until the transaction ends. */
  async lockDraft(tx: Tx): Promise<RuleBook | null> {
    const [row] = await tx.query<{ book: RuleBook }>('select book from routing.rule_draft for update');
    return row?.book ?? null;
  }

  async saveDraft(tx: Tx, book: RuleBook, by: string): Promise<void> {
    await tx.execute(
      `insert into routing.rule_draft (book, saved_by) values ($1::json, $2)
       on conflict (only_one) do update set book = excluded.book, saved_by = excluded.saved_by, saved_at = clock_timestamp()`,
      [JSON.stringify(book), by],
    );
  }

  /** The book becomes the next version, its pools get a row to be locked by, and the draft is gone. */
  async publish(tx: Tx, book: RuleBook, by: string): Promise<number> {
    await tx.execute('insert into routing.pool (key) select unnest($1::text[]) on conflict (key) do nothing', [
      book.pools.map((pool) => pool.key).sort(),
    ]);
    const [row] = await tx.query<{ version: number }>(
      `insert into routing.rule_book (version, book, published_by)
       select coalesce(max(version), 0) + 1, $1::json, $2 from routing.rule_book returning version`,
      [JSON.stringify(book), by],
    );
    await tx.execute('delete from routing.rule_draft');
    return row?.version ?? 0;
  }

  /** Keys that rules may name. */
  async known(tx: Tx): Promise<Known> {
    const rows = await tx.query<{ kind: 'member' | 'team'; key: string }>(
      `select 'member' as kind, key from routing.member union all select 'team', key from routing.team`,
    );
    const keysOf = (kind: 'member' | 'team'): Set<string> =>
      new Set(rows.filter((row) => row.kind === kind).map((row) => row.key));
    return { members: keysOf('member'), teams: keysOf('team') };
  }
}

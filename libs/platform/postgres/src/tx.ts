import type { EntityManager } from 'typeorm';

declare const transaction: unique symbol;

/** What a statement may be given. Arrays become Postgres arrays; give JSON as text. */
export type SqlValue =
  string | number | bigint | boolean | Date | null | Uint8Array | readonly (string | number | boolean | Date | null)[];

/**
 * An open transaction. Every query takes one as an argument and only {@link Db} makes one.
 * Statements run at READ COMMITTED: each sees what was committed before it began.
 */
export interface Tx {
  readonly [transaction]: true;
  /**
   * Runs one statement, prepared by its text: the text must be constant, values are parameters.
   * `bigint` comes back as number, `timestamptz` as Date, `json` and `jsonb` parsed.
   */
  query<Row extends object = Record<string, unknown>>(sql: string, values?: readonly SqlValue[]): Promise<Row[]>;
  /** Like {@link query} and answers with the number of rows it touched. */
  execute(sql: string, values?: readonly SqlValue[]): Promise<number>;
  /** TypeORM on the same transaction: configuration and administration, never hot paths. */
  readonly manager: EntityManager;
  /** The one thing that runs last, right before COMMIT. A second caller is a bug. */
  last(work: () => Promise<void>): void;
  /** Runs after COMMIT, and only then. Must not fail: a failure is logged and changes nothing. */
  afterCommit(work: () => void): void;
}

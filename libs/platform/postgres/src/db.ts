import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { DataSource } from 'typeorm';
import type { EntitySchema, QueryRunner } from 'typeorm';
import { AppError } from '@relance/errors';
import type { Logger } from '@relance/logging';
import { describeError } from '@relance/logging';
import { arrayLiteral } from './array-literal.js';
import { CommitUnknown, DatabaseUnavailable, LostRace, classify, isConnectionFailure } from './database-errors.js';
import type { SqlValue, Tx } from './tx.js';

/** Classes decorated with `@Entity`, or schemas. */
export type Rows = readonly ((new () => object) | EntitySchema)[];

export interface DbOptions {
  readonly url: string;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  readonly poolSize: number;
  readonly rows: Rows;
  /** A statement that runs longer is cancelled. */
  readonly statementTimeoutMs?: number;
  /** A transaction that stands still longer is ended: a frozen process must not hold a lock. */
  readonly idleInTransactionTimeoutMs?: number;
  /** How long to wait for a connection, new or free. */
  readonly connectTimeoutMs?: number;
}

const timesTried = 5;
const int8 = 20;

/** The door to Postgres: one pool, transactions, and one place that reads the database's error codes. */
export class Db {
  private isClosing = false;

  private constructor(
    private readonly source: DataSource,
    private readonly logger: Logger,
  ) {}

  /** @throws {DatabaseUnavailable} */
  static async connect(options: DbOptions, logger: Logger): Promise<Db> {
    const statementTimeoutMs = options.statementTimeoutMs ?? 10_000;
    const opened: { db?: Db } = {};
    const source = new DataSource({
      type: 'postgres',
      url: options.url,
      applicationName: options.applicationName,
      connectTimeoutMS: options.connectTimeoutMs ?? 3_000,
      poolSize: options.poolSize,
      entities: [...options.rows],
      poolErrorHandler: (error: unknown) => opened.db?.lost(error),
      extra: {
        keepAlive: true,
        query_timeout: statementTimeoutMs + 2_000,
        options: `-c statement_timeout=${statementTimeoutMs} -c lock_timeout=${Math.min(statementTimeoutMs, 5_000)} -c idle_in_transaction_session_timeout=${options.idleInTransactionTimeoutMs ?? 2_000} -c timezone=UTC`,
        types: {
          getTypeParser: (oid: number, format?: 'text' | 'binary') =>
            oid === int8 ? Number : (pg.types.getTypeParser(oid, format) as unknown),
        },
      },
    });
    try {
      await source.initialize();
    } catch (error) {
      throw new DatabaseUnavailable(error);
    }
    opened.db = new Db(source, logger);
    return opened.db;
  }

  async close(): Promise<void> {
    this.isClosing = true;
    await this.source.destroy();
  }

  /**
   * Runs `work` in one transaction and commits it. A lost race (serialization, deadlock) runs the whole of it again,
   * so `work` must do nothing that a rollback does not undo.
   *
   * @throws {DatabaseUnavailable} nothing was committed. @throws {CommitUnknown} @throws {LostRace}
   */
  async transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.once(work);
      } catch (error) {
        if (classify(error) !== 'race-lost') throw error;
        if (attempt === timesTried) throw new LostRace(error);
        await pause(2 ** attempt * (0.5 + Math.random()));
      }
    }
  }

  /**
   * One statement on its own, outside any transaction of ours: reads, and polls.
   *
   * @throws {DatabaseUnavailable}
   */
  async query<Row extends object = Record<string, unknown>>(
    sql: string,
    values: readonly SqlValue[] = [],
  ): Promise<Row[]> {
    const runner = this.source.createQueryRunner();
    try {
      return await ask<Row>(await connected(runner), sql, values).then((result) => result.rows);
    } catch (error) {
      throw classify(error) === 'out-of-reach' ? unavailable(error) : error;
    } finally {
      await runner.release();
    }
  }

  private lost(error: unknown): void {
    if (!this.isClosing) this.logger.warn('a database connection was lost', { error: describeError(error) });
  }

  private async once<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    const runner = this.source.createQueryRunner();
    let isCommitting = false;
    try {
      const client = await connected(runner);
      await runner.startTransaction();
      const tx = new OpenTransaction(runner, client);
      const result = await work(tx as unknown as Tx);
      await tx.runLast();
      isCommitting = true;
      await runner.commitTransaction();
      this.afterCommit(tx);
      return result;
    } catch (error) {
      const isGone = isConnectionFailure(error);
      await this.rollBack(runner);
      if (isCommitting && isGone) throw new CommitUnknown(error);
      throw classify(error) === 'out-of-reach' ? unavailable(error) : error;
    } finally {
      await runner.release();
    }
  }

  private afterCommit(tx: OpenTransaction): void {
    for (const work of tx.committed) {
      try {
        work();
      } catch (error) {
        this.logger.error('work after a commit failed', { error: describeError(error) });
      }
    }
  }

  private async rollBack(runner: QueryRunner): Promise<void> {
    if (!runner.isTransactionActive || runner.isReleased) return;
    try {
      await runner.rollbackTransaction();
    } catch (error) {
      // The server ended the session or cannot be reached; either way nothing of the transaction stays.
      this.logger.debug('a transaction could not be rolled back', { error: describeError(error) });
    }
  }
}

/** What is unavailable already says what; anything else that is out of reach is the database. */
function unavailable(error: unknown): Error {
  return error instanceof AppError ? error : new DatabaseUnavailable(error);
}

async function connected(runner: QueryRunner): Promise<pg.PoolClient> {
  try {
    return (await runner.connect()) as pg.PoolClient;
  } catch (error) {
    throw new DatabaseUnavailable(error);
  }
}

class OpenTransaction {
  readonly committed: (() => void)[] = [];
  private final: (() => Promise<void>) | null = null;

  constructor(
    private readonly runner: QueryRunner,
    private readonly client: pg.PoolClient,
  ) {}

  get manager(): QueryRunner['manager'] {
    return this.runner.manager;
  }

  async query<Row extends object>(sql: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    return (await ask<Row>(this.client, sql, values)).rows;
  }

  async execute(sql: string, values: readonly SqlValue[] = []): Promise<number> {
    return (await ask(this.client, sql, values)).rowCount ?? 0;
  }

  last(work: () => Promise<void>): void {
    if (this.final) throw new Error('Only one thing can be the last of a transaction');
    this.final = work;
  }

  afterCommit(work: () => void): void {
    this.committed.push(work);
  }

  async runLast(): Promise<void> {
    await this.final?.();
  }
}

async function ask<Row extends object>(
  client: pg.PoolClient,
  sql: string,
  values: readonly SqlValue[],
): Promise<pg.QueryResult<Row>> {
  try {
    return await client.query<Row>({ name: statementName(sql), text: sql, values: values.map(parameter) });
  } catch (error) {
    if (!isConnectionFailure(error)) throw error;
    // A silent server may still answer later: this connection must never be used again.
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    throw new DatabaseUnavailable(error);
  }
}

function parameter(value: SqlValue): unknown {
  return Array.isArray(value) ? arrayLiteral(value as Parameters<typeof arrayLiteral>[0]) : value;
}

const names = new Map<string, string>();

function statementName(sql: string): string {
  let name = names.get(sql);
  if (name === undefined) {
    name = createHash('sha1').update(sql).digest('base64url');
    names.set(sql, name);
  }
  return name;
}

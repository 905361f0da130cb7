import { Injectable } from '@nestjs/common';
import type { Grade } from '@relance/lead';
import { Db } from '@relance/postgres';
import type { Tx } from '@relance/postgres';

/** What a follow-up can lead to. */
export interface Outcome {
  readonly code: string;
  readonly meaning: string;
  readonly grade: Grade;
  /** What is suggested then. */
  readonly then: string;
}

/** The team's table of outcomes. */
@Injectable()
export class OutcomeRepository {
  constructor(private readonly db: Db) {}

  /** Null for a code that is not in the table. */
  async gradeOf(tx: Tx, code: string): Promise<Grade | null> {
    const [row] = await tx.query<{ grade: Grade }>('select grade from routing.outcome where code = $1', [code]);
    return row?.grade ?? null;
  }

  async all(): Promise<Outcome[]> {
    return this.db.query<Outcome>(
      'select code, meaning, grade, next_step as then from routing.outcome order by sort_order, code',
    );
  }

  async save(outcome: Outcome): Promise<void> {
    await this.db.query(
      `insert into routing.outcome (code, meaning, grade, next_step, sort_order) values ($1, $2, $3, $4, 1000)
       on conflict (code) do update set meaning = excluded.meaning, grade = excluded.grade, next_step = excluded.next_step`,
      [outcome.code, outcome.meaning, outcome.grade, outcome.then],
    );
  }
}

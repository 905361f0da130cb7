/** Where a statement has what is to be said, as SQL. */
export interface SaidInStatement {
  /** A relation of the statement; with a `where` if not all its rows say something. */
  readonly from: string;
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly id: string;
  /** Text: `EventLog.textOf`. */
  readonly envelope: string;
  /** The relations of the statement that write, each with a `returning`: the lock is taken once they have written. */
  readonly after: readonly string[];
}

/**
 * The log's part of a statement that is a transaction by itself, as an `insert` for one of its `with` relations. For a
 * hot path: what `EventLog.append` does in two more round trips, with the lock held while none of them is under way.
 *
 * The statement must not run within a transaction: something could follow the lock. Tell the readers afterwards with
 * `EventLog.appended`.
 */
export function appendInStatement(said: SaidInStatement): string {
  const written = said.after.map((relation) => `(select count(*) from ${relation})`).join(' + ');
  return `
    insert into event_log.event (topic, key, type, id, envelope, appended_at)
    select ${said.topic}, ${said.key}, ${said.type}, ${said.id}, (${said.envelope})::json,
           date_trunc('milliseconds', clock_timestamp())
    from (
      select event_log.take_lock() from (select ${written} as rows) as written where written.rows > 0
    ) as locked, ${said.from}`;
}

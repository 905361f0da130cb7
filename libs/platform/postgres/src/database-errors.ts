import pg from 'pg';
import { QueryFailedError } from 'typeorm';
import { AppError } from '@relance/errors';

/** Postgres cannot be reached, is too busy, or ended the transaction. Nothing was committed; asking again may help. */
export class DatabaseUnavailable extends AppError {
  readonly code = 'database.unavailable';
  readonly kind = 'unavailable';

  constructor(cause: unknown) {
    super('The database cannot be reached', { sqlState: sqlStateOf(cause) }, { cause, retryAfterSeconds: 1 });
  }
}

/** The connection broke while COMMIT was under way: it may have happened or not. Whoever asks again uses the same ids. */
export class CommitUnknown extends AppError {
  readonly code = 'database.commit-unknown';
  readonly kind = 'unavailable';

  constructor(cause: unknown) {
    super('The database went away while a transaction was committing', {}, { cause, retryAfterSeconds: 1 });
  }
}

/** Another transaction won, several times in a row. */
export class LostRace extends AppError {
  readonly code = 'database.lost-race';
  readonly kind = 'unavailable';

  constructor(cause: unknown) {
    super(
      'Another transaction was in the way each time this one was tried',
      { sqlState: sqlStateOf(cause) },
      { cause, retryAfterSeconds: 1 },
    );
  }
}

/** A row breaks a unique index. `constraint` is the index's name. */
export function violatedUnique(error: unknown): string | null {
  const database = databaseErrorOf(error);
  return database?.code === '23505' ? (database.constraint ?? '') : null;
}

/** A row names another one that does not exist, or is still named by others. */
export function violatedForeignKey(error: unknown): string | null {
  const database = databaseErrorOf(error);
  return database?.code === '23503' ? (database.constraint ?? '') : null;
}

function databaseErrorOf(error: unknown): pg.DatabaseError | null {
  if (error instanceof pg.DatabaseError) return error;
  if (error instanceof QueryFailedError && error.driverError instanceof pg.DatabaseError) return error.driverError;
  return null;
}

function sqlStateOf(error: unknown): string | undefined {
  return databaseErrorOf(error)?.code;
}

/** serialization_failure, deadlock_detected: the whole transaction may be tried again at once. */
const raceLost = new Set(['40001', '40P01']);

/**
 * Connection exceptions, insufficient resources (disk, memory, connections), operator intervention
 * (shutdown, cancelled by a time-out), lock time-out, idle-in-transaction time-out, system errors,
 * read-only while recovering.
 */
const outOfReach = /^(08|53|57|58)|^(55P03|25P03|25006)$/;

export type DatabaseFailure = 'race-lost' | 'out-of-reach' | 'ours';

/** What a failure of a statement means. `ours`: the statement or its data is wrong; asking again fails again. */
export function classify(error: unknown): DatabaseFailure {
  if (error instanceof AppError) return error.kind === 'unavailable' ? 'out-of-reach' : 'ours';
  const database = databaseErrorOf(error);
  if (database) {
    const code = database.code ?? '';
    if (raceLost.has(code)) return 'race-lost';
    return outOfReach.test(code) ? 'out-of-reach' : 'ours';
  }
  return error instanceof QueryFailedError && isConnectionFailure(error.driverError) ? 'out-of-reach' : 'ours';
}

/**
 * A failure that the driver itself reports, without an answer of the server: the connection is gone or silent.
 * What is thrown before anything is sent (a value that cannot be serialised) is ours.
 */
export function isConnectionFailure(error: unknown): boolean {
  if (databaseErrorOf(error) || error instanceof AppError) return false;
  return (
    error instanceof Error &&
    !(error instanceof TypeError) &&
    !(error instanceof RangeError) &&
    !(error instanceof SyntaxError)
  );
}

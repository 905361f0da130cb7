export { Db } from './db.js';
export type { DbOptions, Rows } from './db.js';
export {
  CommitUnknown,
  DatabaseUnavailable,
  LostRace,
  classify,
  violatedForeignKey,
  violatedUnique,
} from './database-errors.js';
export type { DatabaseFailure } from './database-errors.js';
export { migrate } from './migrate.js';
export type { Migrations } from './migrate.js';
export type { SqlValue, Tx } from './tx.js';

export { DataDirectory } from './data-directory.js';
export { EmbeddedPostgres } from './embedded-postgres.js';
export type { EmbeddedPostgresOptions, StartedHow } from './embedded-postgres.js';
export { ProcessesFile } from './processes-file.js';
export type { ProcessEntry } from './processes-file.js';
export { StartRefused } from './start-refused.js';
export { startTemporaryPostgres } from './temporary-postgres.js';
export type { TemporaryPostgres } from './temporary-postgres.js';

export { StartRefused, type StartRefusedCode } from './start-refused.js';
export { startTemporaryPostgres, type TemporaryPostgres } from './temporary-postgres.js';

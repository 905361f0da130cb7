export { AppError } from './app-error.js';
export type { ErrorKind, FieldIssue } from './app-error.js';
export { InvalidInput, VersionMismatch } from './common-errors.js';
export { issuesOf } from './issues-of.js';

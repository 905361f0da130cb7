export { EdgeFilter, sendProblem } from './edge.filter.js';
export { checkIfMatch, etagOf } from './etag.js';
export { refusalOf } from './http-errors.js';
export { IdempotencyInterceptor, Idempotent } from './idempotency.interceptor.js';
export { decodeCursor, encodeCursor, pageOf, pageSchema } from './page.js';
export type { Page, PageQuery } from './page.js';
export { problemContentType, problemOf, problemOfBug } from './problem.js';
export type { Problem } from './problem.js';
export { validationPipe } from './validation.pipe.js';

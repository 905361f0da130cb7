export { Logger, createLogger, describeError, nestLogger } from './logger.js';
export type { Fields, LogLevel } from './logger.js';

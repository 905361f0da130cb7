import type { LoggerService } from '@nestjs/common';
import { pino } from 'pino';
import type { DestinationStream, Logger as PinoLogger } from 'pino';

/**
 * JSON lines: a constant message and fields. `error` someone acts now · `warn` this week · `info` a lead's story · `debug` ours.
 * Fields never hold names, addresses, phones, secrets or message bodies.
 */
export abstract class Logger {
  abstract debug(message: string, fields?: Fields): void;
  abstract info(message: string, fields?: Fields): void;
  abstract warn(message: string, fields?: Fields): void;
  abstract error(message: string, fields?: Fields): void;
  /** The same logger with fields on every line. */
  abstract with(fields: Fields): Logger;
}

export type Fields = Readonly<Record<string, unknown>>;
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

class JsonLogger extends Logger {
  constructor(private readonly pino: PinoLogger) {
    super();
  }

  override debug(message: string, fields: Fields = {}): void {
    this.pino.debug(fields, message);
  }

  override info(message: string, fields: Fields = {}): void {
    this.pino.info(fields, message);
  }

  override warn(message: string, fields: Fields = {}): void {
    this.pino.warn(fields, message);
  }

  override error(message: string, fields: Fields = {}): void {
    this.pino.error(fields, message);
  }

  override with(fields: Fields): Logger {
    return new JsonLogger(this.pino.child(fields));
  }
}

/** @param destination where lines go; standard error when absent, so that standard output keeps the ready line. */
export function createLogger(options: { level: LogLevel; destination?: DestinationStream }): Logger {
  const destination = options.destination ?? pino.destination({ dest: 2, sync: true });
  return new JsonLogger(
    pino(
      {
        level: options.level,
        base: null,
        timestamp: pino.stdTimeFunctions.isoTime,
      },
      destination,
    ),
  );
}

/** An error as fields: name, code, message, stack and causes. Nothing else of it, since drivers attach queries and values. */
export function describeError(error: unknown): Fields {
  if (!(error instanceof Error)) return { name: 'NotAnError', message: typeof error };
  const code = 'code' in error ? error.code : undefined;
  return {
    name: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    message: error.message,
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

/** What Nest itself has to say, at `debug` but for its warnings and errors. */
export function nestLogger(logger: Logger): LoggerService {
  return {
    log: (message: unknown) => logger.debug('nest', { says: String(message) }),
    debug: (message: unknown) => logger.debug('nest', { says: String(message) }),
    verbose: (message: unknown) => logger.debug('nest', { says: String(message) }),
    warn: (message: unknown) => logger.warn('nest', { says: String(message) }),
    error: (message: unknown, ...rest: unknown[]) =>
      logger.error('nest', { says: String(message), about: rest.map(String) }),
    fatal: (message: unknown) => logger.error('nest', { says: String(message) }),
  };
}

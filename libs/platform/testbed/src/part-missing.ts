import { AppError } from '@relance/errors';

/** A program that Kafka or Redis is started with is not on this machine. The message says which one and how to get it. */
export class PartMissing extends AppError {
  readonly code = 'testbed.part-missing';
  readonly kind = 'unavailable';

  constructor(part: 'kafka' | 'redis', missing: string, howToGet: string, cause?: unknown) {
    super(`${part} cannot be started: ${missing}. ${howToGet}`, { part }, { cause });
  }
}

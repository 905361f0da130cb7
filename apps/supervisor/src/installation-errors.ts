import { AppError } from '@relance/errors';
import type { LogFile } from './log-file.js';

/** The embedded Postgres could not give each of so many processes the connections it needs. */
export class TooManyProcesses extends AppError {
  readonly code = 'supervisor.too-many-processes';
  readonly kind = 'invalid';

  constructor(processes: number) {
    super(
      `${processes} service processes are more than the embedded Postgres has connections for. ` +
        'Set DATABASE_URL to a Postgres of your own, or ask for fewer in SERVICES_INSTANCES.',
      { processes },
    );
  }
}

/** A step or a process that everything waits for does not come about. */
export class DoesNotStart extends AppError {
  readonly code = 'supervisor.does-not-start';
  readonly kind = 'unavailable';

  constructor(name: string, log: LogFile) {
    super(`${name} does not start. Its log, ${log.path}, ends with:\n${log.end()}`, { name });
  }
}

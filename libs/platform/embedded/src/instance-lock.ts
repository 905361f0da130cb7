import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { errorField } from './error-field.js';
import { noSpace } from './refuse-disk.js';
import { StartRefused } from './start-refused.js';
import { writeAtomically } from './write-atomically.js';

/**
 * One live process per data directory.
 *
 * The operating system holds the lock and lets go of it when its process ends
 * in any way, so there is no stale lock to recognise, no process id that may
 * have been given to somebody else, and it holds between containers that share
 * a volume. SQLite is how Node reaches that lock: an open exclusive
 * transaction on the file `lock`, which stays empty. Nothing else in this
 * process may open that file: closing it would drop the lock (fcntl(2)).
 */
export class InstanceLock {
  readonly #file: DatabaseSync;

  private constructor(file: DatabaseSync) {
    this.#file = file;
  }

  /** @throws StartRefused `data-directory.locked`, `.half-made`, `.unwritable`, `.no-space` */
  static acquire(directory: string): InstanceLock {
    const path = join(directory, 'lock');
    let file: DatabaseSync | null = null;
    try {
      // Two who ask at once disturb each other for a moment; one gets it within the second.
      if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
      file = new DatabaseSync(path, { timeout: 1_000 });
      file.exec('pragma journal_mode = memory; begin exclusive');
    } catch (error) {
      file?.close();
      throw refusalOf(directory, path, error);
    }
    writeAtomically(join(directory, 'lock-owner'), `${process.pid}\n`, 0o600);
    return new InstanceLock(file);
  }

  /** Safe to call twice. The file stays: whoever removed it could lock another one than its neighbour. */
  release(): void {
    if (this.#file.isOpen) this.#file.close();
  }
}

/** https://sqlite.org/rescode.html, primary codes. */
const sqlite = { busy: 5, locked: 6, full: 13, notADatabase: 26 } as const;

function refusalOf(directory: string, path: string, error: unknown): unknown {
  const errcode = errorField(error, 'errcode');
  const code = typeof errcode === 'number' ? errcode & 0xff : undefined;
  switch (code) {
    case undefined:
      return error;
    case sqlite.busy:
    case sqlite.locked:
      return new StartRefused(
        'data-directory.locked',
        `Relance already runs on ${directory}${ownerOf(directory)}. Stop it first, or set RELANCE_DATA_DIR (and PORT) to run a second one.`,
      );
    case sqlite.full:
      return noSpace(directory, error);
    case sqlite.notADatabase:
      return new StartRefused(
        'data-directory.half-made',
        `${path} is not Relance's lock file. Is ${directory} used by something else? If not, remove that file and start again.`,
        error,
      );
    default:
      return new StartRefused(
        'data-directory.unwritable',
        `${path} cannot be locked: the file system does not allow it. Set RELANCE_DATA_DIR to a directory on a local disk.`,
        error,
      );
  }
}

/** A hint for people; the lock alone decides. */
function ownerOf(directory: string): string {
  const path = join(directory, 'lock-owner');
  const pid = existsSync(path) ? Number.parseInt(readFileSync(path, 'utf8'), 10) : Number.NaN;
  return Number.isNaN(pid) ? '' : ` (process ${pid})`;
}

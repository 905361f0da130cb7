import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { InstanceLock } from './instance-lock.js';
import { neededFreeBytes, noSpace, onDisk } from './refuse-disk.js';
import { StartRefused } from './start-refused.js';
import { writeAtomically } from './write-atomically.js';

/**
 * The directory everything of one installation lives in (`RELANCE_DATA_DIR`),
 * owned by this process until `release()` or its end.
 */
export class DataDirectory {
  readonly path: string;
  readonly #lock: InstanceLock;
  readonly #hadDatabase: boolean;

  private constructor(path: string, lock: InstanceLock) {
    this.path = path;
    this.#lock = lock;
    this.#hadDatabase = existsSync(join(path, 'postgres', 'PG_VERSION'));
  }

  /**
   * Makes the directory when it is missing (mode 700), checks that it can be
   * written and has room, and takes it for this process alone.
   *
   * @param freeBytesOf how many bytes a user may still write below a path
   * @throws StartRefused `data-directory.unwritable`, `.no-space`, `.locked`, `.half-made`
   */
  static open(path: string, freeBytesOf: (path: string) => number = freeBytes): DataDirectory {
    const wanted = resolve(path);
    return onDisk(wanted, () => {
      makeDirectory(wanted);
      const real = realpathSync(wanted);
      if (freeBytesOf(real) < neededFreeBytes) throw noSpace(real);
      tryWriting(real);
      return new DataDirectory(real, InstanceLock.acquire(real));
    });
  }

  /** Path of something inside. */
  file(...names: string[]): string {
    return join(this.path, ...names);
  }

  /**
   * The administrator's API token: the one given, or the one in `admin-token`
   * (mode 600), made at the first start.
   */
  adminToken(given: string | undefined): string {
    if (given !== undefined && given !== '') return given;
    return this.#secret('admin-token') ?? this.#newSecret('admin-token', randomBytes(32).toString('base64url'));
  }

  /**
   * The key that secrets in the database are sealed with, 32 bytes as base64:
   * the one given, or the one in `secrets-key` (mode 600), made at the first
   * start. Ask for it before the database is made: next to an older database a
   * new key would make every sealed secret unreadable, so that is refused.
   *
   * @throws StartRefused `data-directory.half-made`
   */
  secretsKey(given: string | undefined): string {
    if (given !== undefined && given !== '') return given;
    const path = this.file('secrets-key');
    const kept = this.#secret('secrets-key');
    if (kept === null && !this.#hadDatabase) return this.#newSecret('secrets-key', randomBytes(32).toString('base64'));
    if (kept !== null && Buffer.from(kept, 'base64').length === 32) return kept;
    throw new StartRefused(
      'data-directory.half-made',
      `${path} is ${kept === null ? 'missing' : 'not a key of 32 bytes'}, and the secrets in the database cannot be read without it. ` +
        'Put the file back from a backup, or set SECRETS_KEY to its content. If it is lost, a new one can be made with ' +
        `\`openssl rand -base64 32 > ${path}\`; secrets of sources and destinations must then be entered again.`,
    );
  }

  /** Lets another process have the directory. Safe to call twice. */
  release(): void {
    this.#lock.release();
  }

  #secret(name: string): string | null {
    return onDisk(this.path, () => {
      const path = this.file(name);
      const text = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
      return text === '' ? null : text;
    });
  }

  #newSecret(name: string, secret: string): string {
    onDisk(this.path, () => writeAtomically(this.file(name), `${secret}\n`, 0o600));
    return secret;
  }
}

/** Not `recursive`: where a file system answers "no such file" to every mkdir, as /proc does, Node tries for ever. */
function makeDirectory(path: string, mode = 0o700): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path), 0o711);
  mkdirSync(path, { mode });
}

function tryWriting(directory: string): void {
  const path = join(directory, `.written-by-${process.pid}`);
  const file = openSync(path, 'w', 0o600);
  try {
    writeSync(file, 'x');
  } finally {
    closeSync(file);
    rmSync(path, { force: true });
  }
}

function freeBytes(path: string): number {
  const { bavail, bsize, blocks } = statfsSync(path);
  // Some network file systems do not say.
  return blocks === 0 ? Number.POSITIVE_INFINITY : bavail * bsize;
}

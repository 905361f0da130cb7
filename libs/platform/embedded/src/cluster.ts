import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

import { noSpace, onDisk } from './refuse-disk.js';
import { initArguments, serverRole } from './server-process.js';
import type { ServerProgram } from './server-program.js';
import { giveTo, type ServerUser, spawnAs } from './server-user.js';
import { StartRefused } from './start-refused.js';
import { syncDirectory, writeAtomically } from './write-atomically.js';

/**
 * The files of the database: `postgres` below the data directory, and its
 * password beside it. It is made under another name and renamed when complete,
 * so a directory named `postgres` is never half of one; nothing here ever
 * removes one of that name.
 */
export class Cluster {
  readonly directory: string;
  readonly #dataDirectory: string;
  readonly #passwordFile: string;
  readonly #program: ServerProgram;
  readonly #user: ServerUser;

  constructor(dataDirectory: string, program: ServerProgram, user: ServerUser) {
    this.directory = clusterDirectory(dataDirectory);
    this.#dataDirectory = dataDirectory;
    this.#passwordFile = join(dataDirectory, 'postgres-password');
    this.#program = program;
    this.#user = user;
  }

  /** Whether there is a database; `false`: nothing there yet. @throws StartRefused for anything else */
  exists(): boolean {
    return onDisk(this.#dataDirectory, () => {
      if (!existsSync(this.directory)) return false;
      const names = readdirSync(this.directory);
      if (names.length === 0) return false;
      if (!names.includes('PG_VERSION')) {
        throw new StartRefused(
          'postgres.foreign-content',
          `${this.directory} holds something that is not a Postgres database; it was left as it is. ` +
            'Move it elsewhere, or set RELANCE_DATA_DIR to another directory.',
        );
      }
      const version = readFileSync(join(this.directory, 'PG_VERSION'), 'utf8').trim();
      const ours = majorVersion(this.#program);
      if (version !== ours) {
        throw new StartRefused(
          'postgres.other-version',
          `${this.directory} was made by Postgres ${version}, and this Relance brings Postgres ${ours}; it was left as it is. ` +
            'Start the Relance it was made by, or move the data over with pg_dump and pg_restore.',
        );
      }
      if (!existsSync(join(this.directory, 'global', 'pg_control'))) {
        throw new StartRefused(
          'data-directory.half-made',
          `${this.directory} is incomplete (global/pg_control is missing); it was left as it is. ` +
            'Put it back from a backup, or move it elsewhere to start with an empty database.',
        );
      }
      return true;
    });
  }

  /** The password of an existing database; null when its file is lost. */
  password(): string | null {
    return onDisk(this.#dataDirectory, () => {
      const password = existsSync(this.#passwordFile) ? readFileSync(this.#passwordFile, 'utf8').trim() : '';
      return password === '' ? null : password;
    });
  }

  /** Makes the database. @throws StartRefused */
  async initialise(): Promise<void> {
    const half = `${this.directory}.new-${randomBytes(4).toString('hex')}`;
    const halfPassword = `${half}-password`;
    const password = this.password() ?? randomBytes(24).toString('base64url');
    onDisk(this.#dataDirectory, () => {
      writeAtomically(this.#passwordFile, `${password}\n`, 0o600);
      mkdirSync(half, { mode: 0o700 });
      writeFileSync(halfPassword, password, { mode: 0o600 });
      giveTo(this.#user, half);
      giveTo(this.#user, halfPassword);
    });

    const { code, output } = await this.#run(this.#program.initdb, initArguments(half, halfPassword), '');
    rmSync(halfPassword, { force: true });
    if (code !== 0) {
      this.removeHalfMade();
      throw this.#refusal('initdb', output);
    }
    onDisk(this.#dataDirectory, () => {
      renameSync(half, this.directory);
      syncDirectory(this.#dataDirectory);
    });
  }

  /** Gives the role a new password, by a server that nobody else can reach. Nothing may run on the directory. */
  async resetPassword(): Promise<string> {
    const password = randomBytes(24).toString('base64url');
    const sql = `alter role ${serverRole} password '${password}'`;
    const { code, output } = await this.#run(
      this.#program.postgres,
      ['--single', '-D', this.directory, 'postgres'],
      `${sql}\n`,
    );
    if (code !== 0 || output.includes('ERROR:')) throw this.#refusal('postgres --single', output);
    onDisk(this.#dataDirectory, () => writeAtomically(this.#passwordFile, `${password}\n`, 0o600));
    return password;
  }

  /** What a copy or a restore by root may have changed: Postgres insists on its owner and on mode 700. */
  repairOwner(): void {
    onDisk(this.#dataDirectory, () => {
      chmodSync(this.directory, 0o700);
      if (this.#user.kind === 'self' || statSync(this.directory).uid === this.#user.uid) return;
      for (const name of ['.', ...readdirSync(this.directory, { recursive: true, encoding: 'utf8' })]) {
        const path = join(this.directory, name);
        if (!lstatSync(path).isSymbolicLink()) chownSync(path, this.#user.uid, this.#user.gid);
      }
    });
  }

  /** Removes what an interrupted `initialise` left. */
  removeHalfMade(): void {
    onDisk(this.#dataDirectory, () => {
      for (const name of readdirSync(this.#dataDirectory).filter((name) => name.startsWith('postgres.new'))) {
        // An initdb whose parent was killed may still be writing there for a moment; the next start removes what it adds.
        rmSync(join(this.#dataDirectory, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
      }
    });
  }

  async #run(binary: string, args: readonly string[], input: string): Promise<{ code: number | null; output: string }> {
    const child = spawnAs(this.#user, binary, args, ['pipe', 'pipe', 'pipe']);
    let output = '';
    child.on('error', (error) => (output += error.message));
    // It may end before it has read everything; its exit code says why.
    child.stdin?.on('error', (error) => (output += error.message));
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
    child.stdin?.end(input);
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, output };
  }

  #refusal(what: string, output: string): StartRefused {
    if (output.includes('No space left on device'))
      return noSpace(this.#dataDirectory, new Error(output.slice(-2_000)));
    return new StartRefused(
      'postgres.init-failed',
      `The embedded Postgres could not be prepared: ${what} failed. It says:\n${output.trim().slice(-2_000)}\n` +
        'Nothing was damaged. When that is repaired, start again; or set DATABASE_URL to a Postgres of your own.',
    );
  }
}

export function clusterDirectory(dataDirectory: string): string {
  return join(dataDirectory, 'postgres');
}

function majorVersion(program: ServerProgram): string {
  const { version } = JSON.parse(readFileSync(join(dirname(program.home), 'package.json'), 'utf8')) as {
    version: string;
  };
  return version.split('.')[0] ?? version;
}

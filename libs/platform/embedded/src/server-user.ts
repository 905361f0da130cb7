import { type ChildProcess, execFileSync, spawn, spawnSync, type StdioOptions } from 'node:child_process';
import { chownSync, existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { ServerProgram } from './server-program.js';
import { StartRefused } from './start-refused.js';

/**
 * The operating-system user Postgres runs as.
 *
 * - `self`: ours.
 * - `other`: we are root, and Postgres refuses root.
 * - `privileged`: as `other`, but a directory on the way to the binaries or to
 *   the data is closed to that user (a clone below `/root` or `mktemp -d`), so
 *   Postgres gets the one capability that lets it pass.
 */
export type ServerUser =
  { readonly kind: 'self' } | { readonly kind: 'other' | 'privileged'; readonly uid: number; readonly gid: number };

const userName = 'postgres';
/** Nothing of ours: no `PG…` variable and no locale changes what the server does. */
const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
};

/**
 * Chooses who runs Postgres so that it can read `program` and reach `directory`.
 * Files that already belong to somebody (a first start without root) stay theirs.
 *
 * @param files the database's files, if there are any yet
 * @throws StartRefused `postgres.no-user`, `postgres.unreachable`
 */
export function chooseServerUser(program: ServerProgram, directory: string, files?: string): ServerUser {
  if (process.getuid?.() !== 0) return { kind: 'self' };
  const { uid, gid } = ownerOf(files) ?? findUser() ?? createUser();

  const library = join(program.home, 'share', 'postgresql', 'postgres.bki');
  const closed = [program.initdb, program.postgres, library, directory]
    .map((path) => firstClosed(path, uid, gid))
    .find((path) => path !== null);
  if (closed === undefined) return { kind: 'other', uid, gid };

  const privileged: ServerUser = { kind: 'privileged', uid, gid };
  const [command, args] = commandFor(privileged, program.postgres, ['--version']);
  const tried = spawnSync(command, args, { cwd: '/', env: environment, encoding: 'utf8' });
  if (tried.status === 0) return privileged;
  throw new StartRefused(
    'postgres.unreachable',
    `Postgres does not run as root, and the user it runs as (id ${uid}) cannot pass ${closed}. ` +
      `Open that directory (chmod o+x ${closed}), install setpriv (util-linux), ` +
      'move the installation and RELANCE_DATA_DIR elsewhere, or do not run as root.',
    new Error(tried.error?.message ?? tried.stderr),
  );
}

/** Starts a server binary as that user, in its own process group, with a clean environment. */
export function spawnAs(user: ServerUser, binary: string, args: readonly string[], stdio: StdioOptions): ChildProcess {
  const [command, commandArgs] = commandFor(user, binary, args);
  return spawn(command, commandArgs, {
    cwd: '/',
    // Its own group: Ctrl-C on the terminal reaches us alone, and we stop Postgres last.
    detached: true,
    env: environment,
    stdio,
    ...(user.kind === 'other' ? { uid: user.uid, gid: user.gid } : {}),
  });
}

/** Gives a file or directory to the user Postgres runs as. */
export function giveTo(user: ServerUser, path: string): void {
  if (user.kind !== 'self') chownSync(path, user.uid, user.gid);
}

/**
 * `setpriv` (util-linux) hands over one ambient capability. Docker's default
 * set has dac_override and lacks dac_read_search. Postgres asks access(2)
 * whether it may run itself, which ignores capabilities unless the securebit
 * no_setuid_fixup is on.
 */
function commandFor(user: ServerUser, binary: string, args: readonly string[]): [string, string[]] {
  if (user.kind !== 'privileged') return [binary, [...args]];
  return [
    'setpriv',
    [
      `--reuid=${user.uid}`,
      `--regid=${user.gid}`,
      '--clear-groups',
      '--securebits=+no_setuid_fixup',
      '--inh-caps=-all,+dac_override',
      '--ambient-caps=-all,+dac_override',
      binary,
      ...args,
    ],
  ];
}

function ownerOf(files: string | undefined): { uid: number; gid: number } | null {
  if (files === undefined || !existsSync(files)) return null;
  const { uid, gid } = statSync(files);
  return uid === 0 ? null : { uid, gid };
}

function findUser(): { uid: number; gid: number } | null {
  const ids = ['-u', '-g'].map((flag) => spawnSync('id', [flag, userName], { env: environment, encoding: 'utf8' }));
  if (ids.some((id) => id.status !== 0)) return null;
  const [uid = 0, gid = 0] = ids.map((id) => Number.parseInt(id.stdout, 10));
  return { uid, gid };
}

function createUser(): { uid: number; gid: number } {
  const ways: [string, string[]][] = [
    ['useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', userName]],
    ['adduser', ['-S', '-D', '-H', '-s', '/bin/false', userName]],
  ];
  const failures: unknown[] = [];
  for (const [command, args] of ways) {
    try {
      execFileSync(command, args, { env: environment, stdio: 'pipe' });
    } catch (error) {
      failures.push(error);
    }
    const user = findUser();
    if (user !== null) return user;
  }
  throw new StartRefused(
    'postgres.no-user',
    `Postgres does not run as root and there is no user "${userName}"; making one failed. ` +
      `Create it (useradd --system ${userName}), do not run as root, or set DATABASE_URL to a Postgres of your own.`,
    new AggregateError(failures),
  );
}

/** The outermost path on the way to `path` that this user may not pass or read; null when all are open. */
function firstClosed(path: string, uid: number, gid: number): string | null {
  const above = dirname(path);
  const closedAbove = above === path ? null : firstClosed(above, uid, gid);
  if (closedAbove !== null || !existsSync(path)) return closedAbove;

  const stat = statSync(path);
  const shift = stat.uid === uid ? 6 : stat.gid === gid ? 3 : 0;
  const needed = stat.isDirectory() ? 0o1 : stat.mode & 0o100 ? 0o5 : 0o4;
  return ((stat.mode >> shift) & needed) === needed ? null : path;
}

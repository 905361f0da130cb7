import { chmodSync, realpathSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import type { Logger } from '@relance/logging';
import { Client } from 'pg';

import { Cluster, clusterDirectory } from './cluster.js';
import { endServer } from './left-behind.js';
import { onDisk } from './refuse-disk.js';
import { type RunningServer, ServerLauncher } from './server-launcher.js';
import { databaseUrl, freePort, serverRole } from './server-process.js';
import { findServerProgram } from './server-program.js';
import { chooseServerUser } from './server-user.js';

export interface EmbeddedPostgresOptions {
  /** The data directory, whose lock this process holds. */
  readonly directory: string;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Told at every change: the server that answers now, or null when it is gone. */
  readonly onChange: (server: { readonly pid: number; readonly address: string } | null) => void;
  /** Which port to try; a free one when absent. */
  readonly choosePort?: () => Promise<number>;
  /** Gives up a start that is still under way (Ctrl-C during a long recovery): it rejects with the signal's reason. */
  readonly giveUp?: AbortSignal;
}

/**
 * How the server came up. `restarted`: one was left behind, could not be
 * adopted and was ended.
 */
export type StartedHow = 'initialised' | 'started' | 'adopted' | 'restarted';

const firstPauseMs = 200;
const longestPauseMs = 5_000;
/** Who lived this long starts again at once. */
const steadyAfterMs = 30_000;

/**
 * The Postgres of an installation that brought none.
 *
 * It listens on 127.0.0.1 alone, keeps its files in `postgres` and its log in
 * `logs/postgres.log`. It outlives a killed Relance, and the next one adopts
 * it. When it dies while we run it is started again on the same port, so that
 * pools find it.
 */
export class EmbeddedPostgres {
  readonly how: StartedHow;
  readonly #options: EmbeddedPostgresOptions;
  readonly #launcher: ServerLauncher;
  readonly #password: string;
  readonly #stopping = new AbortController();
  readonly #port: number;
  #server: RunningServer | null;
  #supervision: Promise<void> = Promise.resolve();

  private constructor(
    options: EmbeddedPostgresOptions,
    launcher: ServerLauncher,
    started: { server: RunningServer; password: string; how: StartedHow },
  ) {
    this.#options = options;
    this.#launcher = launcher;
    this.#password = started.password;
    this.#port = started.server.port;
    this.how = started.how;
    this.#server = started.server;
  }

  /** Makes, adopts or starts the server and waits until it answers. @throws StartRefused */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    const directory = realpathSync(options.directory);
    const program = findServerProgram();
    letOthersPass(directory);
    const user = chooseServerUser(program, directory, clusterDirectory(directory));
    const cluster = new Cluster(directory, program, user);
    const launcher = new ServerLauncher(directory, cluster, program, user);

    cluster.removeHalfMade();
    const isNew = !cluster.exists();
    if (isNew) await cluster.initialise();
    cluster.repairOwner();
    const { adopted, ended } = await launcher.adopt(cluster.password());
    if (ended !== null) options.log.warn('ended the Postgres that a killed process left behind', { pid: ended });

    const password = cluster.password() ?? (await cluster.resetPassword());
    const giveUp = options.giveUp ?? new AbortController().signal;
    const server = adopted ?? (await launcher.launch(options.choosePort ?? freePort, password, giveUp));
    if (adopted !== null)
      options.log.warn('adopted the Postgres that a killed process left behind', { pid: adopted.pid });

    try {
      await ensureDatabase({ port: server.port, password });
    } catch (error) {
      await endServer(server, 2_000);
      throw error;
    }
    const how = isNew ? 'initialised' : adopted !== null ? 'adopted' : ended !== null ? 'restarted' : 'started';
    options.log.info('embedded Postgres ready', { how, pid: server.pid, port: server.port });
    const postgres = new EmbeddedPostgres(options, launcher, { server, password, how });
    postgres.#tell(server);
    postgres.#supervision = postgres.#supervise(server);
    return postgres;
  }

  /** `postgres://…` of the database `relance`; the same for as long as this process runs. */
  databaseUrl(): string {
    return databaseUrl({ port: this.#port, password: this.#password }, serverRole);
  }

  /** Of the server now; null while it is down. */
  get pid(): number | null {
    return this.#server?.pid ?? null;
  }

  /**
   * Ends the server; what is committed is kept whatever happens. Close the pools first. Safe to call twice.
   *
   * @param withinMs for an orderly end; after that it is ended where it stands, within half a second
   */
  async stop(withinMs = 3_500): Promise<void> {
    this.#stopping.abort();
    const server = this.#server;
    if (server !== null && !(await endServer(server, withinMs))) {
      this.#options.log.error('the embedded Postgres does not end', { pid: server.pid });
      return;
    }
    await this.#supervision;
  }

  async #supervise(first: RunningServer): Promise<void> {
    let server: RunningServer | null = first;
    let pauseMs = firstPauseMs;
    while (server !== null) {
      const upSince = performance.now();
      await server.ended;
      this.#server = null;
      this.#tell(null);
      if (performance.now() - upSince > steadyAfterMs) pauseMs = firstPauseMs;
      server = null;
      while (server === null && !this.#stopping.signal.aborted) {
        this.#options.log.error('the embedded Postgres ended and is started again', { afterMs: pauseMs });
        await this.#pause(pauseMs);
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
        server = await this.#startAgain();
      }
      this.#server = server;
      if (server !== null) this.#tell(server);
    }
  }

  /** Ends early when we stop. */
  async #pause(ms: number): Promise<void> {
    const stopping = this.#stopping.signal;
    await delay(ms, undefined, { signal: stopping }).catch((error: unknown) => {
      if (!stopping.aborted) throw error;
    });
  }

  async #startAgain(): Promise<RunningServer | null> {
    const stopping = this.#stopping.signal;
    if (stopping.aborted) return null;
    try {
      const server = await this.#launcher.launch(() => Promise.resolve(this.#port), this.#password, stopping);
      if (!stopping.aborted) return server;
      await endServer(server, 1_000);
      return null;
    } catch (error) {
      if (!stopping.aborted) this.#options.log.error('the embedded Postgres does not start', { error });
      return null;
    }
  }

  #tell(server: RunningServer | null): void {
    try {
      this.#options.onChange(server === null ? null : { pid: server.pid, address: `127.0.0.1:${server.port}` });
    } catch (error) {
      this.#options.log.error('a change of the embedded Postgres could not be told', { error });
    }
  }
}

/** Root runs Postgres as another user, who must pass our own directory; what is in it stays closed. */
function letOthersPass(directory: string): void {
  if (process.getuid?.() !== 0) return;
  onDisk(directory, () => chmodSync(directory, statSync(directory).mode | 0o001));
}

async function ensureDatabase(server: { port: number; password: string }): Promise<void> {
  const client = new Client({ connectionString: databaseUrl(server, 'postgres') });
  // It may end at any moment; the query then fails.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [serverRole]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(serverRole)}`);
  } finally {
    await client.end();
  }
}

// A process of its own that does what `npm start` does with the data directory,
// so that tests can kill it: node --import …/typescript-source.mjs relance-process.ts <directory> [lock]
import { createServer } from 'node:net';

import { DataDirectory } from '../src/data-directory.js';
import { EmbeddedPostgres } from '../src/embedded-postgres.js';
import { ProcessesFile } from '../src/processes-file.js';
import { StartRefused } from '../src/start-refused.js';

const [path = '', mode] = process.argv.slice(2);
/** As a server does. */
const stayAlive = (): void => void createServer().listen(0, '127.0.0.1');
const say = (what: object): void => void process.stdout.write(`${JSON.stringify(what)}\n`);
const log = (message: string, fields: object = {}): void => say({ log: message, ...fields });

try {
  const directory = DataDirectory.open(path);
  if (mode === 'lock') {
    say({ locked: process.pid });
    stayAlive();
  } else {
    const processes = new ProcessesFile(directory.path);
    const postgres = await EmbeddedPostgres.start({
      directory: directory.path,
      log: { info: log, warn: log, error: log },
      onChange: (server) => (server === null ? processes.remove('postgres') : processes.set('postgres', server)),
    });
    const fail = (error: unknown): void => {
      say({ failed: String(error) });
      process.exit(1);
    };
    const stop = async (): Promise<void> => {
      await postgres.stop();
      directory.release();
      process.exit(0);
    };
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop().catch(fail));
    say({ ready: postgres.databaseUrl(), how: postgres.how, pid: postgres.pid });
    stayAlive();
  }
} catch (error) {
  if (!(error instanceof StartRefused)) throw error;
  say({ refused: error.code, message: error.message });
  process.exitCode = 1;
}

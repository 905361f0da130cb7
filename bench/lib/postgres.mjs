import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataDirectory, EmbeddedPostgres } from '@relance/embedded';

const silent = { info() {}, warn() {}, error() {} };

/** The same Postgres, set up the same way, as the product runs on. */
export async function startPostgres() {
  const path = mkdtempSync(join(tmpdir(), 'relance-bench-'));
  const directory = DataDirectory.open(path);
  const postgres = await EmbeddedPostgres.start({ directory: directory.path, log: silent, onChange() {} });
  return {
    url: postgres.databaseUrl(),
    async stop() {
      await postgres.stop();
      directory.release();
      rmSync(path, { recursive: true, force: true });
    },
  };
}

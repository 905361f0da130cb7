// One Postgres for a whole run of the integration tests: TEST_DATABASE_URL is
// its administrator's URL. Set the variable yourself to use a Postgres of yours.
import './typescript-source.mjs';

const { startTemporaryPostgres } = await import('../libs/platform/embedded/src/temporary-postgres.ts');

export default async function start() {
  if (process.env.TEST_DATABASE_URL) return;
  const server = await startTemporaryPostgres();
  process.env.TEST_DATABASE_URL = server.url;
  globalThis.stopTestPostgres = server.stop;
}

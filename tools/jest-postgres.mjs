// One Postgres for a whole run of the integration tests: TEST_DATABASE_URL is
// its administrator's URL. Set the variable yourself to use a Postgres of yours.
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

// Node runs TypeScript by dropping the types; only './x.js' has to become './x.ts'.
const hooks = registerHooks({
  resolve(specifier, context, next) {
    if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts')) {
      const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
      if (existsSync(fileURLToPath(source))) return next(source.href, context);
    }
    return next(specifier, context);
  },
});
const { startTemporaryPostgres } = await import('../libs/platform/embedded/src/temporary-postgres.ts');
hooks.deregister();

export default async function start() {
  if (process.env.TEST_DATABASE_URL) return;
  const server = await startTemporaryPostgres();
  process.env.TEST_DATABASE_URL = server.url;
  globalThis.stopTestPostgres = server.stop;
}

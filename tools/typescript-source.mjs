// Lets plain Node run this repository's TypeScript: `node --import <this file> file.ts`, or import it first.
// Node drops the types itself; what it needs is './x.js' read as './x.ts' and our packages taken from their sources.
// Files that use decorators or parameter properties cannot be run like this.
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

registerHooks({
  resolve(specifier, context, next) {
    if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts')) {
      const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
      if (existsSync(fileURLToPath(source))) return next(source.href, context);
    }
    if (specifier.startsWith('@relance/')) {
      return next(specifier, { ...context, conditions: ['@relance/source', ...context.conditions] });
    }
    return next(specifier, context);
  },
});

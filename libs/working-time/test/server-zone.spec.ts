import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { answers } from './print-answers.js';

const script = fileURLToPath(new URL('print-answers.ts', import.meta.url));

/** Lets Node run the sources as they are: './x.js' is still './x.ts'. */
const readsSources = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({
    resolve: (specifier, context, next) =>
      next(
        specifier.startsWith('.') && context.parentURL?.endsWith('.ts') ? specifier.replace(/\\.js$/, '.ts') : specifier,
        context,
      ),
  });
`)}`;

describe('the zone of the server', () => {
  it.each(['Pacific/Apia', 'America/St_Johns', 'Asia/Kolkata'])('changes no answer: %s', (zone) => {
    const printed = execFileSync(
      process.execPath,
      ['--conditions=@relance/source', `--import=${readsSources}`, script, '--print'],
      { env: { ...process.env, NODE_OPTIONS: '--disable-warning=ExperimentalWarning', TZ: zone }, encoding: 'utf8' },
    );

    expect(JSON.parse(printed)).toEqual(answers());
  });
});

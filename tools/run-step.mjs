import { spawn } from 'node:child_process';
import { delimiter, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '..');

/** The environment our tools run in: our Node and our binaries first, and what Jest needs to run native modules. */
export const environment = {
  ...process.env,
  PATH: [resolve(root, 'node_modules/.bin'), process.env.PATH].join(delimiter),
  NX_DAEMON: 'false',
  NX_TUI: 'false',
};

export const jestEnvironment = {
  ...environment,
  NODE_OPTIONS:
    `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --disable-warning=ExperimentalWarning`.trim(),
};

/**
 * Runs a command at the root and says how it went.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, show?: boolean, minutes?: number }} options `show` lets its standard error through as it
 *   comes, otherwise it is collected; after `minutes` it is ended and counts as failed
 * @returns {Promise<{ ok: boolean, output: string, seconds: number }>}
 */
export function runStep(command, args, { env = environment, show = false, minutes = 10 } = {}) {
  const startedAt = performance.now();
  return new Promise((done) => {
    const child = spawn(command, args, {
      cwd: root,
      env,
      stdio: show ? ['ignore', 'ignore', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    });
    const chunks = [];
    child.stdout?.on('data', (chunk) => chunks.push(chunk));
    child.stderr?.on('data', (chunk) => chunks.push(chunk));

    const finish = (ok, note = '') => {
      clearTimeout(deadline);
      const output = Buffer.concat(chunks).toString() + note;
      done({ ok, output, seconds: (performance.now() - startedAt) / 1000 });
    };
    const deadline = setTimeout(() => {
      child.kill('SIGKILL');
      finish(false, `\n${command} did not end within ${minutes} minutes.\n`);
    }, minutes * 60_000);
    child.on('error', (error) => finish(false, `\n${error.message}\n`));
    child.on('exit', (code) => finish(code === 0));
  });
}

/** Prints one line for a step, and its output only if it failed. */
export function report(name, { ok, output, seconds }) {
  console.log(`${ok ? '✓' : '✗'} ${name} (${seconds.toFixed(1)} s)`);
  if (!ok && output) console.log(`${output.trim()}\n`);
  return ok;
}

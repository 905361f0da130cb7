import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { burst } from './load.mjs';
import { startPostgres } from './postgres.mjs';

const here = new URL('../references/', import.meta.url).pathname;

/** Requests per second of bare Fastify, committing in groups or one by one. */
export async function bareIntake(mode, seconds) {
  const postgres = await startPostgres();
  const server = spawn(process.execPath, [`${here}bare-intake.mjs`, postgres.url, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  try {
    const origin = await new Promise((resolve, reject) => {
      server.stdout.once('data', (line) => resolve(String(line).trim().slice('ready '.length)));
      server.once('exit', () => reject(new Error('the reference did not start')));
    });
    const target = { port: Number(new URL(origin).port), path: '/in' };
    await burst(target, { seconds: 2 });
    return (await burst(target, { seconds })).perSecond;
  } finally {
    server.kill('SIGTERM');
    await ended;
    await postgres.stop();
  }
}

/** Leads per second through the bare pipeline. */
export async function barePipeline(events) {
  const postgres = await startPostgres();
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [
      `${here}bare-pipeline.mjs`,
      postgres.url,
      String(events),
    ]);
    return JSON.parse(stdout).perSecond;
  } finally {
    await postgres.stop();
  }
}

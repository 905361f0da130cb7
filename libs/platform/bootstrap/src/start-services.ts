import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { environment } from '@relance/config';
import { AppError } from '@relance/errors';
import { Running } from './running.js';
import type { Services } from './service-parts.js';

/** Spec: a stop takes five seconds at most. */
const stopWithinMs = 4_800;

/**
 * Starts services in this process, prints the ready line, and stops them cleanly on SIGINT and SIGTERM with code 0.
 * What cannot start is told in a sentence that says what to do, and ends the process with code 1.
 */
export async function startServices(services: Services): Promise<void> {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());
  try {
    const running = await Running.start(services, environment(), stopping.signal);
    process.stdout.write(`ready ${running.origin}\n`);
    if (!stopping.signal.aborted) await once(stopping.signal, 'abort');
    await Promise.race([running.stop(), pause(stopWithinMs, undefined, { ref: false })]);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${tell(error)}\n`);
    process.exit(stopping.signal.aborted ? 0 : 1);
  }
}

function tell(error: unknown): string {
  if (error instanceof AppError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : 'something that is not an error was thrown';
}

import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '@relance/errors';
import type { Running } from './running.js';

/** Spec: a stop takes five seconds at most. */
const stopWithinMs = 4_800;

/**
 * Runs a process from its first line to its last: starts, prints the ready line, and stops cleanly with code 0 on SIGINT
 * and SIGTERM, or when the supervisor that started it is gone. What cannot start is told in a sentence that says what to
 * do, and ends the process with code 1.
 *
 * @param start is told to give up a start that is still under way.
 */
export async function runProcess(start: (giveUp: AbortSignal) => Promise<Running>): Promise<void> {
  const stopping = new AbortController();
  // What a start or a stop waits for need not keep the process here; this does, until it ends itself.
  setInterval(() => undefined, 60_000);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());
  process.on('disconnect', () => stopping.abort());
  try {
    const running = await start(stopping.signal);
    process.stdout.write(`ready ${running.origin}\n`);
    if (!stopping.signal.aborted) await once(stopping.signal, 'abort');
    await Promise.race([running.stop(), pause(stopWithinMs)]);
    process.exit(0);
  } catch (error) {
    if (stopping.signal.aborted) process.exit(0);
    process.stderr.write(`${tell(error)}\n`);
    process.exit(1);
  }
}

/** Does one thing and ends the process: 0 when it is done, 1 with a sentence when not. */
export async function runOnce(work: () => Promise<string>): Promise<void> {
  try {
    process.stdout.write(`${await work()}\n`);
  } catch (error) {
    process.stderr.write(`${tell(error)}\n`);
    process.exitCode = 1;
  }
}

function tell(error: unknown): string {
  if (error instanceof AppError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : 'something that is not an error was thrown';
}

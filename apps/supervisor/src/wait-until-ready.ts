import { setTimeout as delay } from 'node:timers/promises';
import { DoesNotStart } from './installation-errors.js';
import type { SupervisedProcess } from './supervised-process.js';

const readyWithinMs = 90_000;
/** One that ends again and again does not get better by waiting. */
const endsAtMost = 4;
const askEveryMs = 50;

/** Waits until a process says that it is ready. @throws {DoesNotStart} */
export async function waitUntilReady(process: SupervisedProcess, giveUp: AbortSignal): Promise<void> {
  const until = performance.now() + readyWithinMs;
  while (!(await isReady(process))) {
    giveUp.throwIfAborted();
    if (process.ends >= endsAtMost || performance.now() > until) throw new DoesNotStart(process.plan.name, process.log);
    await delay(askEveryMs);
  }
}

async function isReady(process: SupervisedProcess): Promise<boolean> {
  try {
    const response = await fetch(`${process.origin}/health/ready`, { signal: AbortSignal.timeout(5_000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    // It does not listen yet.
    return false;
  }
}

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { signal, startOf } from '@relance/embedded';
import type { Logger } from '@relance/logging';

const startedSchema = z.array(z.object({ name: z.string(), pid: z.number().int().positive(), start: z.string() }));
type Started = z.infer<typeof startedSchema>[number];

const endWithinMs = 2_500;
const killWithinMs = 2_000;

/**
 * The processes we started, by id and start time, kept in a file: together they name one process for ever. Whoever
 * starts next on the directory ends those that a killed supervisor left, and never signals anybody else.
 *
 * They end by themselves when their supervisor is gone; this is for those that hang or were frozen.
 */
export class StartedProcesses {
  private readonly running = new Map<string, Started>();

  private constructor(private readonly path: string) {}

  /** Ends what was left behind, and says which. */
  static async afterThoseLeftBehind(path: string, logger: Logger): Promise<StartedProcesses> {
    const left = readStarted(path).filter(isAlive);
    await Promise.all(
      left.map(async (process) => {
        await end(process);
        logger.warn('ended a process that a killed supervisor left behind', { name: process.name, pid: process.pid });
      }),
    );
    return new StartedProcesses(path);
  }

  add(name: string, pid: number): void {
    this.running.set(name, { name, pid, start: startOf(pid) ?? '' });
    this.write();
  }

  remove(name: string): void {
    if (this.running.delete(name)) this.write();
  }

  private write(): void {
    writeFileSync(`${this.path}.half`, `${JSON.stringify([...this.running.values()])}\n`, { mode: 0o600 });
    renameSync(`${this.path}.half`, this.path);
  }
}

function readStarted(path: string): Started[] {
  if (!existsSync(path)) return [];
  try {
    return startedSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // Damaged: then nothing is known, and nobody is signalled.
    return [];
  }
}

function isAlive(process: Started): boolean {
  return startOf(process.pid) === process.start;
}

async function end(process: Started): Promise<void> {
  for (const [name, withinMs] of [
    ['SIGTERM', endWithinMs],
    ['SIGKILL', killWithinMs],
  ] as const) {
    if (!isAlive(process)) return;
    signal(process.pid, name);
    const until = performance.now() + withinMs;
    while (isAlive(process) && performance.now() < until) await delay(20);
  }
}

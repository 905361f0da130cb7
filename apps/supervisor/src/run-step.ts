import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DoesNotStart } from './installation-errors.js';
import { LogFile } from './log-file.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Runs a program of ours to its end. @throws {DoesNotStart} when it fails. */
export async function runStep(
  name: string,
  program: string,
  environment: Readonly<Record<string, string | undefined>>,
  logsDirectory: string,
  giveUp: AbortSignal,
): Promise<void> {
  const logFile = new LogFile(join(logsDirectory, `${name}.log`));
  const log = logFile.open();
  const child = spawn(process.execPath, [join(root, program)], {
    cwd: root,
    env: { ...environment },
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const stop = (): void => void child.kill('SIGTERM');
  giveUp.addEventListener('abort', stop);
  const [code] = (await once(child, 'exit')) as [number | null];
  giveUp.removeEventListener('abort', stop);
  giveUp.throwIfAborted();
  if (code !== 0) throw new DoesNotStart(name, logFile);
}

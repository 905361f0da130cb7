import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

import { errorField } from './error-field.js';

/**
 * When a process started, as an opaque word; null when there is none with this
 * id any more (a zombie is none). Together with the id it names one process for
 * ever, while an id alone may be given to somebody else.
 */
export function startOf(pid: number): string | null {
  if (process.platform !== 'linux') return wordsOfPs(pid, 'lstart=');
  const stat = readProc(pid, 'stat');
  if (stat === null) return null;
  // The second field is the command in brackets and may hold anything, so count from its end (proc_pid_stat(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0] ?? 'X';
  return state === 'Z' || state === 'X' ? null : (fields[19] ?? null);
}

/** What a process runs and where; null when it cannot be seen. */
export function programOf(pid: number): { executable: string; workingDirectory: string; args: string[] } | null {
  if (process.platform !== 'linux') return null;
  try {
    return {
      executable: readlinkSync(`/proc/${pid}/exe`),
      workingDirectory: readlinkSync(`/proc/${pid}/cwd`),
      args: readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1),
    };
  } catch (error) {
    if (isGoneOrHidden(error)) return null;
    throw error;
  }
}

/** The whole command line; null when there is no such process. Works everywhere, slowly. */
export function commandOf(pid: number): string | null {
  return wordsOfPs(pid, 'command=');
}

/** Signals a process; false when it is gone. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if (isGoneOrHidden(error)) return false;
    throw error;
  }
}

function readProc(pid: number, file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch (error) {
    if (isGoneOrHidden(error)) return null;
    throw error;
  }
}

function isGoneOrHidden(error: unknown): boolean {
  return ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(String(errorField(error, 'code')));
}

function wordsOfPs(pid: number, format: string): string | null {
  const ps = spawnSync('ps', ['-o', format, '-p', String(pid)], { encoding: 'utf8' });
  const words = ps.status === 0 ? ps.stdout.trim() : '';
  return words === '' ? null : words;
}

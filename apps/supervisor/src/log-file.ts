import { existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const rotateAtBytes = 10_000_000;
const tailBytes = 2_000;

/** Opens a log to append to; one that grew above 10 MB is put aside first. A file, not a pipe: who writes may outlive us. */
export function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (existsSync(path) && statSync(path).size > rotateAtBytes) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}

/** What a log ends with, for people. */
export function endOfLog(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8').slice(-tailBytes).trim() : '';
}

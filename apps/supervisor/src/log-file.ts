import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const rotateAtBytes = 10_000_000;
const tailBytes = 2_000;

/** A log of one process, which goes on from run to run. */
export class LogFile {
  /** Where this run's lines begin. */
  private begin: number | null = null;

  constructor(readonly path: string) {}

  /** Opens it to append to; one that grew above 10 MB is put aside first. A file, not a pipe: who writes may outlive us. */
  open(): number {
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    if (existsSync(this.path) && statSync(this.path).size > rotateAtBytes) renameSync(this.path, `${this.path}.1`);
    const file = openSync(this.path, 'a', 0o600);
    this.begin ??= fstatSync(file).size;
    return file;
  }

  /** What it ends with, of what was written since we opened it first: for people. */
  end(): string {
    const file = openSync(this.path, 'r');
    try {
      const from = Math.max(this.begin ?? 0, fstatSync(file).size - tailBytes);
      const tail = Buffer.alloc(tailBytes);
      return tail.toString('utf8', 0, readSync(file, tail, 0, tail.length, from)).trim();
    } finally {
      closeSync(file);
    }
  }
}

import { join } from 'node:path';

import { writeAtomically } from './write-atomically.js';

/** What runs for one installation, as `processes.json` tells it to people and scripts. */
export interface ProcessEntry {
  readonly pid: number;
  /** `host:port` it listens on. */
  readonly address?: string;
}

/** The file `processes.json`, replaced as a whole at every change. Starts empty: what an earlier run wrote is over. */
export class ProcessesFile {
  readonly #path: string;
  readonly #entries = new Map<string, ProcessEntry>();

  constructor(directory: string) {
    this.#path = join(directory, 'processes.json');
    this.#write();
  }

  set(name: string, entry: ProcessEntry): void {
    this.#entries.set(name, entry);
    this.#write();
  }

  remove(name: string): void {
    if (this.#entries.delete(name)) this.#write();
  }

  #write(): void {
    const entries = [...this.#entries].map(([name, { pid, address }]) => ({
      name,
      pid,
      ...(address === undefined ? {} : { address }),
    }));
    writeAtomically(this.#path, `${JSON.stringify(entries)}\n`, 0o644);
  }
}

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Logger } from '@relance/logging';
import { backOff } from './decide/back-off.js';
import type { ProcessPlan } from './decide/plan-processes.js';
import { LogFile } from './log-file.js';

/** The young generation at 4 MB: about 25 MB less for each process. */
const nodeOptions = ['--max-semi-space-size=4'];
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Told at every change: the process that runs now, or null when it ended. */
export type OnChange = (plan: ProcessPlan, pid: number | null) => void;

/**
 * One of our programs, kept alive: when it ends, for whatever reason, it is started again on the same port after a pause
 * of 0.2 to 5 s. It has its own process group, so that Ctrl-C reaches us alone and everything ends in order, and a
 * channel to us, by which it notices that we are gone and ends too.
 */
export class SupervisedProcess {
  /** How often it ended without being told to. */
  ends = 0;
  readonly log: LogFile;
  private child: ChildProcess | null = null;
  private readonly stopping = new AbortController();
  private keeping: Promise<void> = Promise.resolve();

  constructor(
    readonly plan: ProcessPlan,
    private readonly environment: Readonly<Record<string, string | undefined>>,
    logsDirectory: string,
    private readonly onChange: OnChange,
    private readonly logger: Logger,
  ) {
    this.log = new LogFile(join(logsDirectory, `${plan.name}.log`));
  }

  get origin(): string {
    return `http://${this.plan.host === '0.0.0.0' ? '127.0.0.1' : this.plan.host}:${this.plan.port}`;
  }

  start(): void {
    this.keeping = this.keep();
  }

  /** Asks it to end, and ends it where it stands when it takes longer. Safe to call twice. */
  async stop(withinMs: number): Promise<void> {
    this.stopping.abort();
    this.child?.kill('SIGTERM');
    const force = setTimeout(() => this.child?.kill('SIGKILL'), withinMs);
    await this.keeping;
    clearTimeout(force);
  }

  private async keep(): Promise<void> {
    let pauseMs: number | null = null;
    while (!this.stopping.signal.aborted) {
      const bornAt = performance.now();
      const how = await this.run();
      if (this.stopping.signal.aborted) return;
      this.ends += 1;
      pauseMs = backOff(pauseMs, performance.now() - bornAt);
      this.logger.error('a process ended and is started again', { name: this.plan.name, ...how, afterMs: pauseMs });
      await delay(pauseMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  private async run(): Promise<{ code: number | null; signal: string | null }> {
    const log = this.log.open();
    const child = spawn(process.execPath, [...nodeOptions, join(root, 'apps', this.plan.app, 'dist', 'main.js')], {
      cwd: root,
      env: { ...this.environment, ...this.plan.environment },
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
      child.once('error', () => resolve({ code: null, signal: null }));
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    this.child = child;
    if (child.pid !== undefined) this.onChange(this.plan, child.pid);
    const how = await ended;
    this.child = null;
    this.onChange(this.plan, null);
    return how;
  }
}

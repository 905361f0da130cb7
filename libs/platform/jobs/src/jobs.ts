/**
 * Alarms. A job is an alarm clock, not a record: it carries an id, the handler reads the row again and decides again.
 *
 * Rows are the truth. Arm jobs in `tx.afterCommit`, never within the transaction, and keep a sweep that arms them again:
 * the queue may be wiped at any time. A job runs at least once; a handler that finds nothing to do any more returns.
 */
export abstract class Jobs {
  /**
   * Adds or moves jobs; without `runAt` they are due now. One per (queue, id): a later schedule of the same id replaces its
   * `runAt`, earlier or later. Scheduling an id that is running at that moment leads to another run after it.
   *
   * @throws {JobsUnavailable} when the backend is out of reach.
   */
  abstract schedule(queue: string, jobs: readonly ScheduledJob[]): Promise<void>;

  /**
   * Forgets jobs that wait. One that runs at that moment finishes; ids that are not there are no error.
   *
   * @throws {JobsUnavailable} when the backend is out of reach.
   */
  abstract cancel(queue: string, ids: readonly string[]): Promise<void>;

  /** Works a queue from now on, one call per queue and process. A handler that throws is called again, later and later. */
  abstract work(queue: string, handler: JobHandler, options?: WorkOptions): void;
}

export interface ScheduledJob {
  /** Any text: a row's id, or several joined. Unique within the queue. */
  readonly id: string;
  /** Not before this instant; due now when absent. */
  readonly runAt?: Date | undefined;
}

/** One run of a job. */
export interface JobRun {
  readonly id: string;
  /** 1 for the first run, 2 for the first repetition after a throw. */
  readonly attempt: number;
}

export type JobHandler = (job: JobRun) => Promise<void>;

export interface WorkOptions {
  /** Jobs of this queue that run at the same time in this process; 1 when absent. */
  readonly concurrency?: number;
  /** Runs of one job before it is given up; 5 when absent. */
  readonly attempts?: number;
  /** Milliseconds before the first repetition, doubled for each after it, one hour at most; 1 000 when absent. */
  readonly backoffMs?: number;
  /** Called once when a job's last attempt has thrown. The log says so at `error` in any case. */
  readonly onGaveUp?: (job: JobRun, error: unknown) => Promise<void>;
}

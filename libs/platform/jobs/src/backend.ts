import type { Job, JobsOptions, Processor, WorkerOptions } from 'bullmq';

/** What a job carries: its id, and the instant it was asked for, in milliseconds; null is at once. */
export interface Alarm {
  readonly id: string;
  readonly runAt: number | null;
}

/** As much of BullMQ's Queue as alarms need, whatever it is on. */
export interface AlarmQueue {
  addBulk(jobs: { name: string; data: Alarm; opts: JobsOptions }[]): Promise<{ id?: string | undefined }[]>;
  getDeduplicationJobId(id: string): Promise<string | null>;
  /** Does nothing to a job that is being worked. */
  remove(key: string): Promise<number>;
  obliterate(options: { force: boolean }): Promise<void>;
  close(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** As much of BullMQ's Worker as alarms need. */
export interface AlarmWorker {
  /** Waits for the jobs in hand. */
  close(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'failed', listener: (job: Job<Alarm> | undefined, error: Error) => void): unknown;
}

export type AlarmProcessor = Processor<Alarm, void>;
export type AlarmWorkerOptions = Omit<WorkerOptions, 'connection'>;

/** Makes BullMQ's queues and workers on one kind of store, all on as few connections as it allows. */
export interface Backend {
  queue(name: string): AlarmQueue;
  worker(name: string, processor: AlarmProcessor, options: AlarmWorkerOptions): AlarmWorker;
  /** After all queues and workers are closed. */
  close(): Promise<void>;
}

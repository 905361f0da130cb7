import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { DelayedError, UnrecoverableError } from 'bullmq';
import type { Job } from 'bullmq';
import { ConfigInvalid } from '@relance/config';
import type { ConfigOf } from '@relance/config';
import { describeError } from '@relance/logging';
import type { Logger } from '@relance/logging';
import type { Alarm, AlarmQueue, AlarmWorker, AlarmWorkerOptions, Backend } from './backend.js';
import { Canary, canaryQueues } from './canary.js';
import { Jobs } from './jobs.js';
import type { JobHandler, JobRun, ScheduledJob, WorkOptions } from './jobs.js';
import type { jobsConfig } from './jobs.config.js';
import { JobsUnavailable } from './jobs-unavailable.error.js';
import { OutageLog } from './outage-log.js';
import { openPostgresBackend } from './postgres-backend.js';
import { openRedisBackend } from './redis-backend.js';

const askingTimeoutMs = 10_000;
const longestBackoffMs = 3_600_000;
const hearingMs = 1_500;

const workerOptions = {
  lockDuration: 30_000,
  /** Jobs of a process that died are found by the others after one to two of these. */
  stalledInterval: 15_000,
  maxStalledCount: 10,
  runRetryDelay: 1_000,
} satisfies AlarmWorkerOptions;

/** How often a job may be tried is the worker's to say, so the job itself may always be tried again. */
const jobOptions = {
  removeOnComplete: true,
  removeOnFail: true,
  attempts: 1_000_000,
  backoff: { type: 'custom' },
  stackTraceLimit: 0,
} as const;

/** Says that a handler has thrown, and no more: what it threw is in the log, never in the queue. */
class GivenUp extends UnrecoverableError {
  constructor(readonly reason: unknown) {
    super('given up');
    this.name = 'UnrecoverableError';
  }
}

/**
 * Jobs by BullMQ, on Postgres or on Redis.
 *
 * One alarm per id is BullMQ's deduplication: a later one replaces one that waits for its time, and is kept for after the
 * run of one that runs. The key of the job itself is new each time, so a wiped queue never mixes up two of them.
 */
export class BullJobs extends Jobs {
  private readonly queues = new Map<string, AlarmQueue>();
  private readonly workers = new Map<string, AlarmWorker>();
  private readonly running = new Set<Promise<void>>();
  private readonly canary: Canary;
  private closing: Promise<void> | null = null;

  private constructor(
    private readonly backend: Backend,
    private readonly troubles: OutageLog,
    private readonly logger: Logger,
  ) {
    super();
    this.canary = new Canary(this, `${canaryQueues}${randomUUID()}`, logger);
  }

  /**
   * Connects, brings the schema `jobs` up to date where it is Postgres's, and lets the canary fly.
   *
   * @throws {ConfigInvalid} @throws {JobsUnavailable}
   */
  static async open(
    config: ConfigOf<typeof jobsConfig>,
    options: { databaseUrl: string; logger: Logger },
  ): Promise<BullJobs> {
    const troubles = new OutageLog(options.logger);
    const jobs = new BullJobs(await openBackend(config, options.databaseUrl, troubles), troubles, options.logger);
    jobs.canary.start();
    return jobs;
  }

  /** When a job of this process was last worked; null before the first. */
  get lastCanaryAt(): Date | null {
    return this.canary.lastRanAt;
  }

  /** Not ready once no job was worked for a minute, though one is armed every ten seconds. */
  isReady(): { isReady: boolean; why?: string } {
    return this.canary.isStale ? { isReady: false, why: 'no job was worked for a minute' } : { isReady: true };
  }

  override async schedule(queue: string, jobs: readonly ScheduledJob[]): Promise<void> {
    if (jobs.length === 0) return;
    const alarms = new Map(jobs.map((job) => [job.id, { id: job.id, runAt: job.runAt?.getTime() ?? null }]));
    const target = this.queueOf(queue);
    await this.asking(queue, () => arm(target, [...alarms.values()]));
  }

  override async cancel(queue: string, ids: readonly string[]): Promise<void> {
    const target = this.queueOf(queue);
    await this.asking(queue, async () => {
      await Promise.all(
        ids.map(async (id) => {
          const key = await target.getDeduplicationJobId(id);
          if (key !== null) await target.remove(key);
        }),
      );
    });
  }

  override work(queue: string, handler: JobHandler, options: WorkOptions = {}): void {
    if (this.workers.has(queue)) throw new Error(`The queue ${queue} is worked already`);
    if (this.closing) throw new Error(`The queue ${queue} cannot be worked: jobs are closing`);
    const attempts = options.attempts ?? 5;
    const worker = this.backend.worker(queue, (job, token) => this.run(queue, job, token ?? '', handler, attempts), {
      ...workerOptions,
      concurrency: options.concurrency ?? 1,
      settings: { backoffStrategy: (attemptsMade) => backoffMs(options.backoffMs ?? 1_000, attemptsMade) },
    });
    worker.on('error', (error) => this.troubles.note(error, { queue }));
    worker.on('failed', (job, error) => {
      if (job?.finishedOn === undefined) return;
      const run: JobRun = { id: job.data.id, attempt: job.attemptsMade };
      this.giveUp(queue, run, error instanceof GivenUp ? error.reason : error, options.onGaveUp);
    });
    this.workers.set(queue, worker);
  }

  /** Takes no new job, waits until those in hand are done, then closes. Safe to call twice. */
  async close(): Promise<void> {
    this.closing ??= this.closeAll();
    return this.closing;
  }

  private async closeAll(): Promise<void> {
    this.canary.stop();
    let isDone = false;
    const done = this.closeWorkersFirst().then(() => {
      isDone = true;
    });
    // A worker also waits until the backend has heard of its last job. One that is away must not hold up the end: what it
    // has not heard of runs again.
    do {
      await Promise.race([
        done,
        Promise.allSettled(this.running).then(() => pause(hearingMs, undefined, { ref: false })),
      ]);
    } while (!isDone && this.running.size > 0);
    if (!isDone) {
      this.logger.warn('jobs were closed while their queue was away', {});
      done.catch((error: unknown) => this.troubles.note(error));
    }
  }

  private async closeWorkersFirst(): Promise<void> {
    await Promise.all([...this.workers.values()].map((worker) => worker.close()));
    await this.queues
      .get(this.canary.queue)
      ?.obliterate({ force: true })
      .catch((error: unknown) => this.troubles.note(error));
    await Promise.all([...this.queues.values()].map((queue) => queue.close()));
    await this.backend.close();
  }

  private async run(
    queue: string,
    job: Job<Alarm>,
    token: string,
    handler: JobHandler,
    attempts: number,
  ): Promise<void> {
    const { id, runAt } = job.data;
    if (runAt !== null && runAt > Date.now()) {
      await job.moveToDelayed(runAt, token);
      throw new DelayedError();
    }
    const run: JobRun = { id, attempt: job.attemptsMade + 1 };
    const work = (async () => handler(run))();
    this.running.add(work);
    try {
      await work;
    } catch (error) {
      if (run.attempt >= attempts) throw new GivenUp(error);
      this.logger.warn('a job failed and will be tried again', { queue, job: run, error: describeError(error) });
      // eslint-disable-next-line preserve-caught-error -- what the handler threw must not be stored in the queue
      throw new Error('the handler failed');
    } finally {
      this.running.delete(work);
    }
  }

  private giveUp(queue: string, run: JobRun, reason: unknown, tell: WorkOptions['onGaveUp']): void {
    this.logger.error('a job was given up', { queue, job: run, error: describeError(reason) });
    tell?.(run, reason).catch((error: unknown) =>
      this.logger.error('nobody could be told that a job was given up', {
        queue,
        job: run,
        error: describeError(error),
      }),
    );
  }

  private queueOf(name: string): AlarmQueue {
    if (this.closing) throw new JobsUnavailable(name, new Error('jobs are closing'));
    let queue = this.queues.get(name);
    if (queue === undefined) {
      queue = this.backend.queue(name);
      queue.on('error', (error) => this.troubles.note(error, { queue: name }));
      this.queues.set(name, queue);
    }
    return queue;
  }

  /** Asks the backend, for ten seconds at most. What it may still do after that does no harm: the same again. */
  private async asking(queue: string, ask: () => Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('no answer in time')), askingTimeoutMs).unref();
    });
    try {
      await Promise.race([ask(), late]);
    } catch (error) {
      throw new JobsUnavailable(queue, error);
    } finally {
      clearTimeout(timer);
    }
  }
}

async function openBackend(
  config: ConfigOf<typeof jobsConfig>,
  databaseUrl: string,
  troubles: OutageLog,
): Promise<Backend> {
  try {
    if (config.JOBS_BACKEND === 'postgres') return await openPostgresBackend(databaseUrl, troubles);
    if (config.REDIS_URL === undefined) throw new ConfigInvalid(['REDIS_URL: is needed where JOBS_BACKEND is redis']);
    return await openRedisBackend(config.REDIS_URL, troubles);
  } catch (error) {
    throw error instanceof ConfigInvalid ? error : new JobsUnavailable('jobs', error);
  }
}

async function arm(queue: AlarmQueue, alarms: readonly Alarm[]): Promise<void> {
  const now = Date.now();
  const inTheWay = await add(queue, alarms, (alarm) => Math.max(0, (alarm.runAt ?? now) - now));

  // A job that already waits for a worker runs now, which is as good as what is due now; a later one must not be lost for
  // it. For one that runs, BullMQ keeps the new one but counts its delay from the end of the run: so it comes at once
  // after the run and is put off to its time by whoever works it.
  const later = inTheWay.filter(({ alarm }) => alarm.runAt !== null && alarm.runAt > now);
  if (later.length === 0) return;
  await Promise.all(later.map(({ key }) => queue.remove(key)));
  await add(
    queue,
    later.map(({ alarm }) => alarm),
    () => 0,
  );
}

/** @returns the alarms that another job of the same id kept out of the queue, with that job's key. */
async function add(
  queue: AlarmQueue,
  alarms: readonly Alarm[],
  delayOf: (alarm: Alarm) => number,
): Promise<{ alarm: Alarm; key: string }[]> {
  const entries = alarms.map((alarm) => ({ alarm, key: randomUUID() }));
  const added = await queue.addBulk(
    entries.map(({ alarm, key }) => ({
      name: 'alarm',
      data: alarm,
      opts: {
        ...jobOptions,
        jobId: key,
        delay: delayOf(alarm),
        deduplication: { id: alarm.id, replace: true, keepLastIfActive: true },
      },
    })),
  );
  return entries.flatMap(({ alarm, key }, index) => {
    const kept = added[index]?.id ?? key;
    return kept === key ? [] : [{ alarm, key: kept }];
  });
}

function backoffMs(first: number, attemptsMade: number): number {
  return Math.min(longestBackoffMs, first * 2 ** (attemptsMade - 1));
}

import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { JobsUnavailable } from '@relance/jobs';
import type { BullJobs, JobRun } from '@relance/jobs';
import { eventually } from '@relance/testing';

/** A backend under test, behind a way that can be cut. */
export interface BackendUnderTest {
  /** One process's jobs. */
  open(): Promise<BullJobs>;
  /** Loses everything that waits. */
  wipe(): Promise<void>;
  cut(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

interface SeenRun extends JobRun {
  readonly atMs: number;
}

/** What services rely on, whatever the jobs are on. */
export function describeJobs(start: () => Promise<BackendUnderTest>): void {
  let backend: BackendUnderTest;
  const opened: BullJobs[] = [];

  const open = async (): Promise<BullJobs> => {
    const jobs = await backend.open();
    opened.push(jobs);
    return jobs;
  };
  const aQueue = (): string => `test.${randomUUID()}`;
  const inMs = (milliseconds: number): Date => new Date(Date.now() + milliseconds);
  /** Works a queue and notes each run. */
  const watch = (jobs: BullJobs, queue: string): SeenRun[] => {
    const runs: SeenRun[] = [];
    jobs.work(queue, async (run) => {
      runs.push({ ...run, atMs: Date.now() });
    });
    return runs;
  };
  /** Waits until a job that is armed now has run, so that all that was due before has run too. */
  const settle = async (jobs: BullJobs, queue: string, runs: readonly SeenRun[], afterMs: number): Promise<void> => {
    const id = `settled-${randomUUID()}`;
    await jobs.schedule(queue, [{ id, runAt: inMs(afterMs) }]);
    await eventually(() => runs.some((run) => run.id === id));
  };
  const of = (runs: readonly SeenRun[], id: string): SeenRun[] => runs.filter((run) => run.id === id);

  beforeAll(async () => {
    backend = await start();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((jobs) => jobs.close()));
  });
  afterAll(async () => {
    await backend.close();
  });

  it('runs a job that is due now, under its id whatever the id is made of', async () => {
    const [jobs, queue] = [await open(), aQueue()];
    const runs = watch(jobs, queue);
    const ids = ['018f:step:3', '42', 'é "quoted" {brace} $1', '0'];
    await jobs.schedule(queue, [...ids.map((id) => ({ id })), { id: 'long past', runAt: new Date(0) }]);
    await eventually(() => runs.length === 5);
    expect(runs.map((run) => run.id).sort()).toEqual([...ids, 'long past'].sort());
    expect(runs.map((run) => run.attempt)).toEqual([1, 1, 1, 1, 1]);
  });

  it('runs a delayed job not before it is due and at most 250 ms after', async () => {
    const [jobs, queue] = [await open(), aQueue()];
    const runs = watch(jobs, queue);
    await settle(jobs, queue, runs, 0);
    const due = inMs(300);
    await jobs.schedule(queue, [{ id: 'later', runAt: due }]);
    const run = await eventually(() => of(runs, 'later')[0]);
    expect(run.atMs).toBeGreaterThanOrEqual(due.getTime());
    expect(run.atMs).toBeLessThan(due.getTime() + 3_000);
  });

  it.each([
    { name: 'later', firstMs: 200, thenMs: 500 },
    { name: 'earlier', firstMs: 60_000, thenMs: 200 },
    { name: 'from later to now', firstMs: 60_000, thenMs: 0 },
  ])('moves a job $name when it is scheduled again, and runs it once', async ({ firstMs, thenMs }) => {
    const [jobs, queue] = [await open(), aQueue()];
    const runs = watch(jobs, queue);
    await jobs.schedule(queue, [{ id: 'moved', runAt: inMs(firstMs) }]);
    const due = inMs(thenMs);
    await jobs.schedule(queue, [{ id: 'moved', runAt: due }]);
    await settle(jobs, queue, runs, 700);
    expect(of(runs, 'moved')).toHaveLength(1);
    expect(of(runs, 'moved')[0]?.atMs).toBeGreaterThanOrEqual(due.getTime());
  });

  it('moves a job that is due and waits for a worker, and does not lose it', async () => {
    const [jobs, queue] = [await open(), aQueue()];
    await jobs.schedule(queue, [{ id: 'waits' }]);
    const due = inMs(400);
    await jobs.schedule(queue, [{ id: 'waits', runAt: due }]);
    const runs = watch(jobs, queue);
    await settle(jobs, queue, runs, 600);
    expect(of(runs, 'waits')).toHaveLength(1);
    expect(of(runs, 'waits')[0]?.atMs).toBeGreaterThanOrEqual(due.getTime());
  });

  it('keeps the last of several in one call', async () => {
    const [jobs, queue] = [await open(), aQueue()];
    const runs = watch(jobs, queue);
    await jobs.schedule(queue, [{ id: 'twice', runAt: inMs(60_000) }, { id: 'twice' }]);
    await eventually(() => of(runs, 'twice').length === 1);
    await settle(jobs, queue, runs, 50);
    expect(of(runs, 'twice')).toHaveLength(1);
  });

  it('forgets a job that is cancelled, and takes it when it is scheduled again', async () => {
    const [jobs, queue] = [await open(), aQueue()];
    const runs = watch(jobs, queue);
    await jobs.schedule(queue, [{ id: 'never', runAt: inMs(200) }]);
    await jobs.cancel(queue, ['never', 'unknown']);
    await settle(jobs, queue, runs, 400);
    expect(of(runs, 'never')).toHaveLength(0);
    await jobs.schedule(queue, [{ id: 'never' }]);
    await eventually(() => of(runs, 'never').length === 1);
  });

  it('runs a job again later and later when its handler throws, then gives it up and says so', async () => {
    const [jobs, queue] = [await open(), aQueue()];
    const runs: SeenRun[] = [];
    const givenUp: { run: JobRun; error: unknown }[] = [];
    const failure = new Error('the handler could not');
    jobs.work(
      queue,
      async (run) => {
        runs.push({ ...run, atMs: Date.now() });
        throw failure;
      },
      {
        attempts: 3,
        backoffMs: 100,
        onGaveUp: async (run, error) => {
          givenUp.push({ run, error });
        },
      },
    );
    await jobs.schedule(queue, [{ id: 'hopeless' }]);
    await eventually(() => givenUp.length === 1);
    expect(givenUp).toEqual([{ run: { id: 'hopeless', attempt: 3 }, error: failure }]);
    expect(runs.map((run) => run.attempt)).toEqual([1, 2, 3]);
    const [first, second, third] = runs.map((run) => run.atMs) as [number, number, number];
    expect(second - first).toBeGreaterThanOrEqual(100);
    expect(third - second).toBeGreaterThanOrEqual(200);

    await jobs.schedule(queue, [{ id: 'hopeless' }]);
    await eventually(() => runs.length === 4);
    expect(runs[3]?.attempt).toBe(1);
  });

  it('goes on after a throw once the handler succeeds', async () => {
    const [jobs, queue] = [await open(), aQueue()];
    const attempts: number[] = [];
    jobs.work(
      queue,
      async ({ attempt }) => {
        attempts.push(attempt);
        if (attempt === 1) throw new Error('not yet');
      },
      { backoffMs: 20 },
    );
    await jobs.schedule(queue, [{ id: 'recovers' }]);
    await eventually(() => attempts.length === 2);
    await jobs.close();
    expect(attempts).toEqual([1, 2]);
  });

  it('takes 500 jobs in one call', async () => {
    const [jobs, queue] = [await open(), aQueue()];
    const seen = new Set<string>();
    jobs.work(queue, async ({ id }) => void seen.add(id), { concurrency: 20 });
    const ids = Array.from({ length: 500 }, (_, index) => `many:${index}`);
    await jobs.schedule(
      queue,
      ids.map((id, index) => ({ id, runAt: index % 2 === 0 ? inMs(100) : undefined })),
    );
    await eventually(() => seen.size === 500, { withinMs: 20_000 });
    expect([...seen].sort()).toEqual(ids.sort());
  });

  it('never runs one job twice at the same time, whoever works and however often it is scheduled', async () => {
    const [here, there, queue] = [await open(), await open(), aQueue()];
    const running = new Map<string, number>();
    let most = 0;
    let done = 0;
    const handler = async ({ id }: JobRun): Promise<void> => {
      running.set(id, (running.get(id) ?? 0) + 1);
      most = Math.max(most, running.get(id) ?? 0);
      await here.cancel(queue, ['nobody']);
      running.set(id, (running.get(id) ?? 0) - 1);
      done += 1;
    };
    here.work(queue, handler, { concurrency: 5 });
    there.work(queue, handler, { concurrency: 5 });
    const ids = Array.from({ length: 10 }, (_, index) => ({ id: String(index) }));
    for (let round = 0; round < 20; round++) {
      await Promise.all([here.schedule(queue, ids), there.schedule(queue, ids)]);
    }
    await eventually(() => done >= 10);
    expect(most).toBe(1);
  });

  it('runs a job once more after the run in which it was scheduled again, at the time it was scheduled for', async () => {
    const [jobs, queue] = [await open(), aQueue()];
    const runs: SeenRun[] = [];
    let due = new Date(0);
    jobs.work(queue, async (run) => {
      runs.push({ ...run, atMs: Date.now() });
      if (runs.length > 2) return;
      due = runs.length === 1 ? new Date() : inMs(300);
      await jobs.schedule(queue, [{ id: run.id, runAt: due }]);
      // The run goes on for a while after that: its length must not be added to the delay.
      await eventually(() => Date.now() >= (runs.length === 1 ? 0 : due.getTime() - 20));
    });
    await jobs.schedule(queue, [{ id: 'again' }]);
    await eventually(() => runs.length === 3);
    expect(runs[2]?.atMs).toBeGreaterThanOrEqual(due.getTime());
    expect(runs[2]?.atMs).toBeLessThan(due.getTime() + 3_000);
  });

  it('finishes the work in hand when it closes, and starts no other', async () => {
    const [jobs, other, queue] = [await open(), await open(), aQueue()];
    const events: string[] = [];
    let finish = (): void => undefined;
    const mayFinish = new Promise<void>((resolve) => {
      finish = resolve;
    });
    jobs.work(queue, async ({ id }) => {
      events.push(`${id} began`);
      await mayFinish;
      events.push(`${id} ended`);
    });
    await jobs.schedule(queue, [{ id: 'first' }]);
    await eventually(() => events.length === 1);
    const closed = jobs.close().then(() => events.push('closed'));
    await other.schedule(queue, [{ id: 'second' }]);
    finish();
    await closed;
    expect(events).toEqual(['first began', 'first ended', 'closed']);
    await expect(jobs.schedule(queue, [{ id: 'third' }])).rejects.toThrow(JobsUnavailable);

    const runs = watch(other, queue);
    await eventually(() => runs.length === 1);
    expect(runs.map((run) => run.id)).toEqual(['second']);
  });

  it('closes while the backend is away', async () => {
    const [jobs, queue] = [await open(), aQueue()];
    const runs = watch(jobs, queue);
    await settle(jobs, queue, runs, 0);
    await backend.cut();
    try {
      const began = performance.now();
      await jobs.close();
      expect(performance.now() - began).toBeLessThan(3_000);
    } finally {
      await backend.mend();
    }
    const next = await open();
    await eventually(() => next.lastCanaryAt);
  }, 20_000);

  it('takes everything again after the queue was wiped', async () => {
    const [jobs, queue] = [await open(), aQueue()];
    const runs = watch(jobs, queue);
    await jobs.schedule(queue, [{ id: 'wiped', runAt: inMs(300) }, { id: 'kept' }]);
    await eventually(() => of(runs, 'kept').length === 1);
    await backend.wipe();
    await jobs.schedule(queue, [{ id: 'wiped', runAt: inMs(100) }, { id: 'kept' }]);
    await eventually(() => of(runs, 'wiped').length === 1 && of(runs, 'kept').length === 2, { withinMs: 15_000 });
    await settle(jobs, queue, runs, 300);
    expect(of(runs, 'wiped')).toHaveLength(1);
  });

  it('works again by itself when the backend was away, and says meanwhile that it is', async () => {
    const [jobs, queue] = [await open(), aQueue()];
    const runs = watch(jobs, queue);
    await jobs.schedule(queue, [{ id: 'before', runAt: inMs(500) }]);
    await backend.cut();
    try {
      await expect(jobs.schedule(queue, [{ id: 'meanwhile' }])).rejects.toMatchObject({ kind: 'unavailable' });
      await expect(jobs.cancel(queue, ['meanwhile'])).rejects.toThrow(JobsUnavailable);
    } finally {
      await backend.mend();
    }
    await eventually(() => of(runs, 'before').length === 1, { withinMs: 15_000 });
    await eventually(() => jobs.schedule(queue, [{ id: 'after' }]).then(() => true), { withinMs: 15_000 });
    await eventually(() => of(runs, 'after').length === 1, { withinMs: 15_000 });
    expect(of(runs, 'before')).toHaveLength(1);
  }, 60_000);

  it('is ready once its canary has flown', async () => {
    const jobs = await open();
    await eventually(() => jobs.lastCanaryAt);
    expect(jobs.isReady()).toEqual({ isReady: true });
  });

  it('refuses a second handler of one queue', async () => {
    const [jobs, queue] = [await open(), aQueue()];
    watch(jobs, queue);
    expect(() => jobs.work(queue, async () => undefined)).toThrow(/worked already/);
  });
}

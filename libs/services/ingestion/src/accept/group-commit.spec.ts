import { describe, expect, it } from '@jest/globals';
import { AppError } from '@relance/errors';
import { CommitUnknown, DatabaseUnavailable } from '@relance/postgres';
import { GroupCommit } from './group-commit.js';
import type { CommitBatch, GroupCommitOptions } from './group-commit.js';

const limits: GroupCommitOptions = { mostWaiting: 20, mostPerBatch: 8, mostInFlight: 2, deadlineMs: 5_000 };

class Refused extends AppError {
  readonly code = 'test.refused';
  readonly kind = 'invalid';

  constructor() {
    super('refused');
  }
}

/** A commit that waits until the test lets it go on. */
function held() {
  const batches: { items: readonly number[]; go: () => void; fail: (error: Error) => void }[] = [];
  const commit: CommitBatch<number, number> = (items) =>
    new Promise((resolve, reject) => batches.push({ items, go: () => resolve(items), fail: reject }));
  return { batches, commit };
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a group commit', () => {
  it('commits what arrives in one turn together, and what arrives meanwhile in the next batch', async () => {
    const { batches, commit } = held();
    const group = new GroupCommit(commit, { ...limits, mostInFlight: 1 });
    const first = Promise.all([group.put(1), group.put(2)]);
    await turn();
    const second = Promise.all([group.put(3), group.put(4), group.put(5)]);
    await turn();
    expect(batches.map(({ items }) => items)).toEqual([[1, 2]]);
    batches[0]?.go();
    await expect(first).resolves.toEqual([1, 2]);
    await turn();
    batches[1]?.go();
    await expect(second).resolves.toEqual([3, 4, 5]);
    expect(batches.map(({ items }) => items)).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
    await group.close();
  });

  it('has two batches under way at most, and refuses at once what is too much to wait', async () => {
    const { batches, commit } = held();
    const group = new GroupCommit(commit, { ...limits, mostPerBatch: 1, mostWaiting: 3 });
    const answers = [1, 2].map((item) => group.put(item));
    await turn();
    await turn();
    answers.push(...[3, 4, 5].map((item) => group.put(item)));
    await expect(group.put(6)).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'ingestion.queue-full',
      retryAfterSeconds: 1,
    });
    expect(batches).toHaveLength(2);
    while (batches.length < 5 || answers.length === 0) {
      for (const batch of batches) batch.go();
      await turn();
    }
    for (const batch of batches) batch.go();
    await expect(Promise.all(answers)).resolves.toEqual([1, 2, 3, 4, 5]);
    await group.close();
  });

  it('begins a second batch when it is worth one, or when somebody has waited long', async () => {
    const { batches, commit } = held();
    const group = new GroupCommit(commit, limits);
    const answers = [1, 2, 3, 4, 5, 6, 7, 8].map((item) => group.put(item));
    await turn();
    answers.push(group.put(9));
    await turn();
    expect(batches).toHaveLength(1);
    const from = performance.now();
    while (batches.length < 2) await turn();
    expect(performance.now() - from).toBeLessThan(500);
    batches[1]?.go();
    await expect(answers[8]).resolves.toBe(9);
    answers.push(group.put(10), group.put(11));
    await turn();
    await turn();
    expect(batches[2]?.items).toEqual([10, 11]);
    for (const batch of batches) batch.go();
    await expect(Promise.all(answers)).resolves.toHaveLength(11);
    await group.close();
  });

  it('refuses one item without its neighbours where the commit says so', async () => {
    const group = new GroupCommit<number, number>(
      async (items) => items.map((item) => (item === 2 ? new Refused() : item)),
      limits,
    );
    const [one, two, three] = await Promise.allSettled([group.put(1), group.put(2), group.put(3)]);
    expect([one?.status, two?.status, three?.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await group.close();
  });

  it('splits a batch that its data fails until the bad one is alone', async () => {
    const tried: (readonly number[])[] = [];
    const group = new GroupCommit<number, number>(async (items) => {
      tried.push(items);
      if (items.includes(5)) throw new Error('bad data');
      return items;
    }, limits);
    const answers = await Promise.allSettled([1, 2, 3, 4, 5, 6, 7, 8].map((item) => group.put(item)));
    expect(answers.map(({ status }) => status === 'fulfilled')).toEqual([
      true,
      true,
      true,
      true,
      false,
      true,
      true,
      true,
    ]);
    expect(tried).toContainEqual([5]);
    await group.close();
  });

  it('does not split what is out of reach: everybody is told', async () => {
    let tries = 0;
    const group = new GroupCommit<number, number>(async () => {
      tries++;
      throw new DatabaseUnavailable(new Error('gone'));
    }, limits);
    const answers = await Promise.allSettled([group.put(1), group.put(2)]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(tries).toBe(1);
    await group.close();
  });

  it('tries the same items again after an unknown COMMIT', async () => {
    const tried: (readonly number[])[] = [];
    const group = new GroupCommit<number, number>(async (items) => {
      tried.push(items);
      if (tried.length < 3) throw new CommitUnknown(new Error('cut'));
      return items;
    }, limits);
    await expect(Promise.all([group.put(1), group.put(2)])).resolves.toEqual([1, 2]);
    expect(tried).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
    await group.close();
  });

  it('answers nobody later than the deadline, and does not begin what is late', async () => {
    const { batches, commit } = held();
    const group = new GroupCommit(commit, { ...limits, mostInFlight: 1, deadlineMs: 60 });
    const underWay = group.put(1);
    await turn();
    const waiting = group.put(2);
    const outcomes = await Promise.allSettled([underWay, waiting]);
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && (outcome.reason as AppError).code)).toEqual([
      'ingestion.deadline-passed',
      'ingestion.deadline-passed',
    ]);
    batches[0]?.go();
    await turn();
    expect(batches).toHaveLength(1);
    await group.close();
  });

  it('finishes what waits when it closes, and takes nothing more', async () => {
    const { batches, commit } = held();
    const group = new GroupCommit(commit, { ...limits, mostPerBatch: 1, mostInFlight: 1 });
    const answers = [group.put(1), group.put(2)];
    const closed = group.close();
    await expect(group.put(3)).rejects.toMatchObject({ code: 'ingestion.stopping' });
    for (let done = 0; done < 2; done++) {
      while (batches.length <= done) await turn();
      batches[done]?.go();
    }
    await closed;
    await expect(Promise.all(answers)).resolves.toEqual([1, 2]);
  });
});

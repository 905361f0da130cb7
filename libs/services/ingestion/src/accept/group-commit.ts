import { CommitUnknown, classify } from '@relance/postgres';
import { AcceptDeadlinePassed, AcceptQueueFull, NotAccepting } from './accept-errors.js';

export interface GroupCommitOptions {
  /** Items that wait for a transaction; one more is refused at once. */
  readonly mostWaiting: number;
  /** Items of one transaction. */
  readonly mostPerBatch: number;
  /** Transactions under way at the same time. */
  readonly mostInFlight: number;
  /** From being put to being answered. */
  readonly deadlineMs: number;
}

/** Commits items together. Answers stand in the order of the items; an Error there refuses that item alone. */
export type CommitBatch<Item, Answer> = (items: readonly Item[]) => Promise<readonly (Answer | Error)[]>;

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly until: number;
  isSettled: boolean;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

const sweepEveryMs = 25;

/**
 * Puts neighbours into one transaction: while one batch commits, the next fills. Without a timer: what has arrived when
 * a transaction can begin goes with it.
 *
 * Nobody waits longer than the deadline: who does is refused, and is not begun any more; a transaction under way goes
 * on, and whoever asks again finds what it did. After an unknown COMMIT the same items are tried again. A failure of
 * the data splits the batch until the one bad item is alone.
 */
export class GroupCommit<Item, Answer> {
  private waiting: Waiting<Item, Answer>[] = [];
  private readonly underWay = new Set<Waiting<Item, Answer>>();
  private inFlight = 0;
  private isStarting = false;
  private isClosed = false;
  private sweep: NodeJS.Timeout | null = null;
  private drained: (() => void) | null = null;

  constructor(
    private readonly commit: CommitBatch<Item, Answer>,
    private readonly options: GroupCommitOptions,
  ) {}

  /** @throws {AcceptQueueFull} {NotAccepting} {AcceptDeadlinePassed} and what the commit refuses the item with. */
  put(item: Item): Promise<Answer> {
    if (this.isClosed) return Promise.reject(new NotAccepting());
    if (this.waiting.length >= this.options.mostWaiting) return Promise.reject(new AcceptQueueFull());
    return new Promise((resolve, reject) => {
      this.waiting.push({
        item,
        until: performance.now() + this.options.deadlineMs,
        isSettled: false,
        resolve,
        reject,
      });
      this.begin();
      this.sweep ??= setInterval(() => this.refuseLate(), sweepEveryMs);
    });
  }

  /** Accepts nothing more and finishes what waits. */
  async close(): Promise<void> {
    this.isClosed = true;
    if (this.waiting.length + this.underWay.size > 0) await new Promise<void>((resolve) => (this.drained = resolve));
    if (this.sweep) clearInterval(this.sweep);
    this.sweep = null;
  }

  /**
   * Once per turn of the event loop, so that whatever arrived in this turn goes together. Beside a batch under way
   * another one begins when it is worth a transaction, a quarter of what is under way, or has waited long.
   */
  private begin(hasWaitedLong = false): void {
    if (this.isStarting || this.inFlight >= this.options.mostInFlight || this.waiting.length === 0) return;
    if (this.inFlight > 0 && !hasWaitedLong && this.waiting.length * 4 < this.underWay.size) return;
    this.isStarting = true;
    setImmediate(() => {
      this.isStarting = false;
      const batch = this.waiting.splice(0, this.options.mostPerBatch);
      if (batch.length === 0) return;
      this.inFlight++;
      for (const entry of batch) this.underWay.add(entry);
      const ended = (): void => this.ended(batch);
      this.settle(batch).then(ended, ended);
      this.begin();
    });
  }

  private ended(batch: readonly Waiting<Item, Answer>[]): void {
    this.inFlight--;
    for (const entry of batch) this.underWay.delete(entry);
    if (this.drained && this.waiting.length + this.underWay.size === 0) this.drained();
    this.begin();
  }

  private async settle(batch: readonly Waiting<Item, Answer>[]): Promise<void> {
    try {
      const answers = await this.commit(batch.map((entry) => entry.item));
      batch.forEach((entry, index) => {
        const answer = answers[index] as Answer | Error;
        if (answer instanceof Error) refuse(entry, answer);
        else if (!entry.isSettled) {
          entry.isSettled = true;
          entry.resolve(answer);
        }
      });
    } catch (error) {
      await this.afterFailure(
        batch,
        error instanceof Error ? error : new Error('something else was thrown', { cause: error }),
      );
    }
  }

  private async afterFailure(batch: readonly Waiting<Item, Answer>[], error: Error): Promise<void> {
    if (error instanceof CommitUnknown) {
      const inTime = batch.filter((entry) => !entry.isSettled && entry.until > performance.now());
      if (inTime.length > 0) return this.settle(inTime);
    }
    if (classify(error) === 'ours' && batch.length > 1) {
      const half = Math.ceil(batch.length / 2);
      await this.settle(batch.slice(0, half));
      return this.settle(batch.slice(half));
    }
    for (const entry of batch) refuse(entry, error);
  }

  private refuseLate(): void {
    const now = performance.now();
    const late = (entry: Waiting<Item, Answer>): boolean => entry.until <= now;
    const first = this.waiting[0];
    if (first && late(first)) {
      for (const entry of this.waiting.filter(late)) refuse(entry, new AcceptDeadlinePassed());
      this.waiting = this.waiting.filter((entry) => !late(entry));
    }
    for (const entry of this.underWay) if (late(entry)) refuse(entry, new AcceptDeadlinePassed());
    this.begin(true);
    if (this.waiting.length + this.underWay.size === 0 && this.sweep) {
      clearInterval(this.sweep);
      this.sweep = null;
    }
  }
}

function refuse<Item, Answer>(entry: Waiting<Item, Answer>, error: Error): void {
  if (entry.isSettled) return;
  entry.isSettled = true;
  entry.reject(error);
}

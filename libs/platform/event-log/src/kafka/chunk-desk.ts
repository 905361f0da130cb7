import { setImmediate as nextTurn } from 'node:timers/promises';
import type { StoredEvent } from '../stored-event.js';
import type { Chunk, RunChunk } from '../transport.js';

/** Events of one partition that are handled next. */
export interface Piece {
  readonly events: readonly StoredEvent[];
  heartbeat(): Promise<void>;
}

interface Waiting {
  readonly piece: Piece;
  readonly resolve: (settled: number) => void;
  readonly reject: (error: unknown) => void;
}

const eventsPerChunk = 500;

/**
 * Puts what several partitions bring at once into one chunk, and hands over one chunk after the other. A fetch brings
 * a few events of each of many partitions: one transaction for all of them, not one for each.
 */
export class ChunkDesk {
  private waiting: Waiting[] = [];
  private working: Promise<void> | null = null;

  constructor(
    private readonly run: RunChunk,
    private readonly settle: Chunk['settle'],
    private readonly signal: AbortSignal,
  ) {}

  /** @returns how many of the piece's events are settled. @throws what the chunk it was in throws, and so do all that wait. */
  take(piece: Piece): Promise<number> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ piece, resolve, reject });
      this.working ??= this.work().finally(() => (this.working = null));
    });
  }

  /** Fulfilled when nothing is in hand. */
  async idle(): Promise<void> {
    await this.working;
  }

  private async work(): Promise<void> {
    // The other partitions of the same fetch come in this turn.
    await nextTurn();
    while (this.waiting.length > 0) {
      const taken = this.nextPieces();
      try {
        await this.handle(taken);
      } catch (error) {
        for (const { reject } of [...taken, ...this.waiting]) reject(error);
        this.waiting = [];
      }
    }
  }

  private async handle(taken: readonly Waiting[]): Promise<void> {
    let settled = await this.run({
      events: taken.flatMap(({ piece }) => piece.events),
      settle: this.settle,
      heartbeat: () => taken[0]?.piece.heartbeat() ?? Promise.resolve(),
      signal: this.signal,
    });
    for (const { piece, resolve } of taken) {
      const ofPiece = Math.min(settled, piece.events.length);
      settled -= ofPiece;
      resolve(ofPiece);
    }
  }

  private nextPieces(): Waiting[] {
    let events = 0;
    const end = this.waiting.findIndex(({ piece }, index) => {
      events += piece.events.length;
      return index > 0 && events > eventsPerChunk;
    });
    return this.waiting.splice(0, end === -1 ? this.waiting.length : end);
  }
}

import type { Logger } from '@relance/logging';
import { AppError } from '@relance/errors';
import type { Db, Tx } from '@relance/postgres';
import type { DeadLetter, DeadLetters, LetterFilter } from '../dead-letters.js';
import type { Group } from '../group.js';
import { Runner } from '../runner.js';
import type { Reader, ReaderLag, Transport } from '../transport.js';

export interface RedriveReport {
  /** Letters that were asked for and can be handled here. */
  readonly eligible: number;
  readonly skipped: readonly { readonly id: string; readonly why: string }[];
  /** Letters that are handled now; those that waited behind them count too. */
  readonly redriven: number;
}

/** Only projections are replayed: a service with effects outside would have them twice. */
export class NotReplayable extends AppError {
  readonly code = 'event-log.not-replayable';
  readonly kind = 'conflict';

  constructor(group: string) {
    super(`${group} is not a projection that is read here`, { group });
  }
}

/** The readers of this process: one for each group, with the runner that handles what it brings. */
export class Readers {
  private readonly open_ = new Map<string, { reader: Reader; runner: Runner; group: Group }>();

  private readonly projections = new Map<string, (tx: Tx, fromPosition: number) => Promise<void>>();

  constructor(
    private readonly transport: Transport,
    private readonly db: Db,
    private readonly letters: DeadLetters,
    private readonly logger: Logger,
  ) {}

  async open(groups: readonly Group[]): Promise<void> {
    for (const group of groups) {
      const runner = new Runner(group, this.db, this.letters, this.logger);
      const reader = await this.transport.open(group, (chunk) => runner.run(chunk));
      this.open_.set(group.name, { reader, runner, group });
    }
  }

  async close(): Promise<void> {
    await this.transport.close();
  }

  /** Says that a group is a projection: all it holds is derived from events, and `reset` forgets what came from a position on. */
  isProjection(group: string, reset: (tx: Tx, fromPosition: number) => Promise<void>): void {
    this.projections.set(group, reset);
  }

  /** Rebuilds a projection from the kept events; what it derived from older ones stays. @throws {NotReplayable} */
  async replay(group: string): Promise<void> {
    const reset = this.projections.get(group);
    if (!reset) throw new NotReplayable(group);
    await this.transport.replay(group, reset);
  }

  groups(): readonly Group[] {
    return [...this.open_.values()].map(({ group }) => group);
  }

  /** Groups whose reader stopped for good: people must look. */
  stopped(): string[] {
    return [...this.open_.values()].filter(({ reader }) => reader.state === 'stopped').map(({ group }) => group.name);
  }

  /** The groups' readers, and the transport's own. */
  async lag(): Promise<ReaderLag[]> {
    const groups = [...this.open_.values()].map(async ({ reader, group }) => ({
      service: group.name,
      reader: group.name,
      state: reader.state,
      ...(await reader.lag()),
    }));
    return [...(await Promise.all(groups)), ...(await this.transport.relays())];
  }

  async letterPage(limit: number, before?: string): Promise<DeadLetter[]> {
    return this.letters.list({ groups: [...this.open_.keys()], limit, before });
  }

  /**
   * Handles parked events again. A key's parked events are drained in order, from its first, before anything new of
   * that key; the first that fails again ends its key's turn.
   */
  async redrive(filter: LetterFilter, isDryRun: boolean): Promise<RedriveReport> {
    const letters = await this.letters.find(filter);
    const here = letters.filter((letter) => this.open_.has(letter.group));
    const skipped = [
      ...letters
        .filter((letter) => !this.open_.has(letter.group))
        .map(({ id, group }) => ({ id, why: `the group ${group} is not read here` })),
      ...(filter.ids ?? [])
        .filter((id) => !letters.some((letter) => letter.id === id))
        .map((id) => ({ id, why: 'not parked' })),
    ];
    if (isDryRun) return { eligible: here.length, skipped, redriven: 0 };
    let redriven = 0;
    const failed: { id: string; why: string }[] = [];
    for (const [, ofKey] of Map.groupBy(here, (letter) => `${letter.group}/${letter.key}`)) {
      const [first] = ofKey;
      const runner = first && this.open_.get(first.group)?.runner;
      if (!first || !runner) continue;
      const result = await drain(runner, first.key);
      redriven += result.handled;
      if (result.isStuck)
        failed.push(...ofKey.slice(result.handled).map(({ id }) => ({ id, why: 'an event of its key failed again' })));
    }
    return { eligible: here.length, skipped: [...skipped, ...failed], redriven };
  }
}

async function drain(runner: Runner, key: string): Promise<{ handled: number; isStuck: boolean }> {
  let handled = 0;
  for (;;) {
    const outcome = await runner.redriveFirst(key);
    if (outcome !== 'handled') return { handled, isStuck: outcome === 'failed' };
    handled += 1;
  }
}

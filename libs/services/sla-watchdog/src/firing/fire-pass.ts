import { Inject, Injectable } from '@nestjs/common';
import type { ConfigOf } from '@relance/config';
import { EventLog } from '@relance/event-log';
import { Logger } from '@relance/logging';
import { notifyConfig } from '@relance/notify';
import { Db } from '@relance/postgres';
import type { Tx } from '@relance/postgres';
import { AlertBook } from '../alerts/alert-book.js';
import { announceFired } from '../decide/announce-clock.js';
import { decideCause } from '../decide/decide-cause.js';
import type { BreachCause } from '../decide/decide-cause.js';
import { FireRepository } from '../store/fire.repository.js';
import type { MovedStep } from '../store/fire.repository.js';
import { breachedTotal, fireLateness } from './fire-metrics.js';

const stepsAtOnce = 200;

/**
 * Fires what is due, in transactions of at most 200 steps, until nothing is.
 *
 * The SQL function decides and moves; this tells: the events and the alerts stand in the same transaction. However many
 * ask at once, one pass runs in this process, and one more after it. Passes of several processes do no harm to each other.
 */
@Injectable()
export class FirePass {
  private current: Promise<number> | null = null;
  private isAskedAgain = false;

  constructor(
    private readonly db: Db,
    private readonly fires: FireRepository,
    private readonly alerts: AlertBook,
    private readonly log: EventLog,
    private readonly logger: Logger,
    @Inject(notifyConfig.token) private readonly notify: ConfigOf<typeof notifyConfig>,
  ) {}

  /** @returns how many steps were fired. @throws {DatabaseUnavailable} nothing of the last transaction happened. */
  async run(): Promise<number> {
    if (this.current) {
      this.isAskedAgain = true;
      return this.current;
    }
    this.current = this.runOn();
    return this.current;
  }

  private async runOn(): Promise<number> {
    let total = 0;
    try {
      do {
        this.isAskedAgain = false;
        for (let fired = await this.fireOnce(); fired > 0; fired = await this.fireOnce()) total += fired;
      } while (this.isAskedAgain);
      return total;
    } finally {
      this.current = null;
    }
  }

  private async fireOnce(): Promise<number> {
    return this.db.transaction(async (tx) => {
      const moved = await this.fires.fire(tx, stepsAtOnce);
      if (moved.length === 0) return 0;
      const causes = await this.findCauses(tx, moved);
      const causeOf = (step: MovedStep): BreachCause => causes.get(step.id) ?? 'told-not-opened';

      await this.alerts.raise(tx, moved);
      await this.log.append(
        tx,
        moved.flatMap((step) => announceFired(step, causeOf(step)) ?? []),
      );
      tx.afterCommit(() => this.measure(moved, causeOf));
      return moved.length;
    });
  }

  private async findCauses(tx: Tx, moved: readonly MovedStep[]): Promise<ReadonlyMap<string, BreachCause>> {
    const broken = new Set(moved.filter(({ kind }) => kind === 'breach').map(({ id }) => id));
    const concerned = [...new Set(moved.filter(({ kind }) => kind !== 'warn').map(({ id }) => id))];
    const facts = await this.fires.breachFacts(tx, concerned);
    const areOwnersWrittenTo = this.notify.SMTP_URL !== undefined;
    const causes = [...facts].map(([clockId, known]) => ({ clockId, cause: decideCause(known, areOwnersWrittenTo) }));
    await this.fires.keepCauses(
      tx,
      causes.filter(({ clockId }) => broken.has(clockId)),
    );
    return new Map(causes.map(({ clockId, cause }) => [clockId, cause]));
  }

  private measure(moved: readonly MovedStep[], causeOf: (step: MovedStep) => BreachCause): void {
    for (const step of moved) {
      fireLateness.observe(Math.max(0, step.firedAt.getTime() - step.stepDueAt.getTime()) / 1_000);
      if (step.kind === 'breach') {
        breachedTotal.inc({ team: step.team ?? '', milestone: step.milestone, cause: causeOf(step) });
        this.logger.info('a promise was broken', { lead: step.leadId, clock: step.id, milestone: step.milestone });
      }
    }
  }
}

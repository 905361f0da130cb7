import { Injectable } from '@nestjs/common';
import { Clock } from '@relance/clock';
import { EventLog } from '@relance/event-log';
import type { Tx } from '@relance/postgres';
import { Logger } from '@relance/logging';
import type { OwnerDecision } from '../decide/choose-owner.js';
import { ChangeRepository } from '../store/change.repository.js';
import { Changes } from './changes.js';
import { Claims } from './claims.js';
import type { Claim } from './claims.js';
import { Notifier } from './notifier.js';

/** The end of every step: leads that need an owner get one, everything collected is written and said, once. */
@Injectable()
export class Settlement {
  constructor(
    private readonly claims: Claims,
    private readonly changes: ChangeRepository,
    private readonly notifier: Notifier,
    private readonly log: EventLog,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** What this transaction is going to change, as of now. */
  begin(): Changes {
    return new Changes(this.clock.now());
  }

  async settle(tx: Tx, claims: readonly Claim[], changes: Changes): Promise<OwnerDecision[]> {
    const decisions = await this.claims.settle(tx, claims, changes);
    const staying = decisions.filter((decision) => decision.kind === 'stays').length;
    if (staying > 0) this.logger.warn('leads stay with silent owners: nobody else may take them', { leads: staying });
    await this.changes.write(tx, changes);
    await this.log.append(tx, changes.announcements);
    this.notifier.tellOwners(tx, changes);
    return decisions;
  }
}

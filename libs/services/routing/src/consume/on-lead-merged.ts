import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { LeadMerged } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { Merging } from '../steps/merging.js';
import { Settlement } from '../steps/settlement.js';
import { storyAfter } from '../steps/story.js';

/** Two leads proved to be one person: the winner has one owner, and the loser's id leads to it. */
@Controller()
export class OnLeadMerged {
  constructor(
    private readonly merging: Merging,
    private readonly settlement: Settlement,
  ) {}

  @Consume('routing', LeadMerged)
  async handle(@Payload() events: readonly Envelope<LeadMerged>[], @Ctx() tx: Tx): Promise<void> {
    // One at a time: a batch may merge a lead that was just merged into.
    for (const event of events) {
      const changes = this.settlement.begin();
      const { winnerId, loserId } = event.data;
      await this.merging.merge(tx, winnerId, loserId, storyAfter(event, 'merge', changes.now), changes);
      await this.settlement.settle(tx, [], changes);
    }
  }
}

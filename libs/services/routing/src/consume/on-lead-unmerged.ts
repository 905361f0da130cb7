import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { LeadUnmerged } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { Merging } from '../steps/merging.js';
import { Settlement } from '../steps/settlement.js';
import { storyAfter } from '../steps/story.js';

/** A merge was taken back: each lead answers for itself again. */
@Controller()
export class OnLeadUnmerged {
  constructor(
    private readonly merging: Merging,
    private readonly settlement: Settlement,
  ) {}

  @Consume('routing', LeadUnmerged)
  async handle(@Payload() events: readonly Envelope<LeadUnmerged>[], @Ctx() tx: Tx): Promise<void> {
    for (const event of events) {
      const changes = this.settlement.begin();
      const { winnerId, loserId } = event.data;
      const claim = await this.merging.unmerge(
        tx,
        winnerId,
        loserId,
        storyAfter(event, 'unmerge', changes.now),
        changes,
      );
      await this.settlement.settle(tx, claim ? [claim] : [], changes);
    }
  }
}

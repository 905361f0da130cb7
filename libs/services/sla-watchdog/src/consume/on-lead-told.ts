import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { LeadTold } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { AssignmentRepository } from '../store/assignment.repository.js';

/** What became of the owner's notification tells "not told" from "not read" when a promise breaks. */
@Controller()
export class OnLeadTold {
  constructor(private readonly assignments: AssignmentRepository) {}

  @Consume('sla-watchdog', LeadTold)
  async handle(@Payload() events: readonly Envelope<LeadTold>[], @Ctx() tx: Tx): Promise<void> {
    await this.assignments.keepReceipts(
      tx,
      events.map(({ data, recordedat }) => ({ ...data, at: new Date(recordedat) })),
    );
  }
}

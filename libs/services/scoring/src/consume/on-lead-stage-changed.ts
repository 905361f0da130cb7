import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { LeadStageChanged } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { LeadRepository } from '../store/lead.repository.js';
import { OutcomeRepository } from '../store/outcome.repository.js';
import type { Outcome } from '../store/outcome.repository.js';
import { toldAt } from './told-at.js';

const outcomes: Readonly<Record<string, Outcome['outcome']>> = {
  qualify: 'qualified',
  won: 'won',
  reject: 'rejected',
  lost: 'lost',
};

/** Notes what became of leads. It changes no score. */
@Controller()
export class OnLeadStageChanged {
  constructor(
    private readonly leads: LeadRepository,
    private readonly outcomes: OutcomeRepository,
  ) {}

  @Consume('scoring', LeadStageChanged)
  async handle(@Payload() events: readonly Envelope<LeadStageChanged>[], @Ctx() tx: Tx): Promise<void> {
    const told = events.flatMap((event) => outcomeOf(event) ?? []);
    if (told.length === 0) return;
    const held = await this.leads.lock(
      tx,
      told.map(({ leadId }) => leadId),
    );
    await this.outcomes.add(
      tx,
      told.filter(({ leadId }) => !held.isErased(leadId)),
    );
  }
}

function outcomeOf(event: Envelope<LeadStageChanged>): Outcome | null {
  const outcome = outcomes[event.data.move];
  if (outcome === undefined) return null;
  return {
    leadId: event.data.leadId,
    eventId: event.id,
    at: toldAt(event.time, event),
    outcome,
    reason: event.data.reason ?? null,
  };
}

import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { LeadReceived } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { LeadScorer } from '../lead-scorer.js';
import { CompanyRepository } from '../store/company.repository.js';
import { EngagementRepository } from '../store/engagement.repository.js';
import type { ToldEngagement } from '../store/engagement.repository.js';
import { LeadRepository } from '../store/lead.repository.js';
import { toldAt } from './told-at.js';

/** Keeps what is known of a lead and answers every submission with a score. Filling in a form is an engagement too. */
@Controller()
export class OnLeadReceived {
  constructor(
    private readonly leads: LeadRepository,
    private readonly companies: CompanyRepository,
    private readonly engagements: EngagementRepository,
    private readonly scorer: LeadScorer,
  ) {}

  @Consume('scoring', LeadReceived)
  async handle(@Payload() events: readonly Envelope<LeadReceived>[], @Ctx() tx: Tx): Promise<void> {
    await this.companies.share(
      tx,
      events.flatMap(({ data }) => data.facts.company.companyId ?? []),
    );
    await this.answer(tx, events);
  }

  /** In rounds of one submission for each lead that is scored: a winner and its loser may both have submitted. */
  private async answer(tx: Tx, events: readonly Envelope<LeadReceived>[]): Promise<void> {
    const held = await this.leads.lock(
      tx,
      events.map(({ data }) => data.leadId),
    );
    const heard = events.filter(({ data }) => !held.isErased(data.leadId));
    const first = new Map(heard.toReversed().map((event) => [held.rootOf(event.data.leadId), event]));
    const round = [...first.values()].map((event) => ({ event, engagement: formSubmitted(event) }));
    await this.engagements.add(
      tx,
      round.map(({ engagement }) => engagement),
    );
    await this.scorer.answer(tx, round, held);

    const inRound = new Set(first.values());
    const later = heard.filter((event) => !inRound.has(event));
    if (later.length > 0) await this.answer(tx, later);
  }
}

function formSubmitted(event: Envelope<LeadReceived>): ToldEngagement {
  return {
    leadId: event.data.leadId,
    eventId: event.id,
    kind: 'form.submitted',
    at: toldAt(event.time, event),
    sourceKey: event.data.sourceKey,
    properties: {},
  };
}

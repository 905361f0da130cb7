import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { LeadHeld } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { ClockBook } from '../clocks/clock-book.js';
import { occasionOf } from '../clocks/occasion-of.js';
import { findPolicy } from '../decide/compile-policy.js';
import { decideStop } from '../decide/decide-end.js';
import { promiseFacts, startClocks } from '../decide/start-clocks.js';
import { ClockRepository } from '../store/clock.repository.js';
import { LeadRepository } from '../store/lead.repository.js';
import { PolicyRepository } from '../store/policy.repository.js';

type Held = Envelope<LeadHeld>;

/** Nobody has the lead: nobody's own promise runs, and somebody must take it soon. */
@Controller()
export class OnLeadHeld {
  constructor(
    private readonly policies: PolicyRepository,
    private readonly leads: LeadRepository,
    private readonly clocks: ClockRepository,
    private readonly book: ClockBook,
  ) {}

  @Consume('sla-watchdog', LeadHeld)
  async handle(@Payload() events: readonly Held[], @Ctx() tx: Tx): Promise<void> {
    const real = events.filter(({ data }) => !data.traits.test);
    if (real.length === 0) return;
    await this.stopOwners(tx, real);

    const policies = await this.policies.inForce(tx);
    const scores = await this.leads.scores(
      tx,
      real.map(({ data }) => data.leadId),
    );
    const starting = real.flatMap((event) => {
      const { leadId, traits, holdingId, team, managers } = event.data;
      const policy = findPolicy(policies, promiseFacts(traits, scores.get(leadId) ?? null));
      if (policy === null) return [];
      const occasion = occasionOf('held', event, { holdingId, team: team ?? null, managers });
      return startClocks(policy, occasion).map((clock) => ({ clock, cause: event }));
    });
    await this.book.start(tx, starting);
  }

  private async stopOwners(tx: Tx, events: readonly Held[]): Promise<void> {
    const byLead = new Map(events.map((event) => [event.data.leadId, event]));
    const locked = await this.clocks.lock(tx, [...byLead.keys()]);
    const changing = locked.flatMap((clock) => {
      const event = byLead.get(clock.leadId);
      if (!event || clock.assignmentId === null || clock.state === 'breached') return [];
      const change = decideStop(clock, 'held', new Date(event.recordedat));
      return change === null ? [] : [{ clock, change, cause: event }];
    });
    await this.book.change(tx, changing);
  }
}

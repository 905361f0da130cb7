import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import {
  CompanyEnriched,
  LeadEngaged,
  LeadErased,
  LeadMerged,
  LeadReceived,
  LeadScored,
  LeadUnmerged,
} from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { CompanyRepository } from '../store/company.repository.js';
import { LeadRepository } from '../store/lead.repository.js';
import { TimelineRepository } from '../store/timeline.repository.js';

/** Who the lead is and what they are worth. */
@Controller()
export class OnLeadFacts {
  constructor(
    private readonly leads: LeadRepository,
    private readonly timeline: TimelineRepository,
    private readonly companies: CompanyRepository,
  ) {}

  @Consume('desk', LeadReceived)
  async received(@Payload() events: readonly Envelope<LeadReceived>[], @Ctx() tx: Tx): Promise<void> {
    await this.leads.receive(tx, events);
    await this.timeline.append(tx, events);
  }

  @Consume('desk', LeadScored)
  async scored(@Payload() events: readonly Envelope<LeadScored>[], @Ctx() tx: Tx): Promise<void> {
    await this.leads.score(tx, events);
    await this.timeline.append(tx, events);
  }

  @Consume('desk', LeadEngaged)
  async engaged(@Payload() events: readonly Envelope<LeadEngaged>[], @Ctx() tx: Tx): Promise<void> {
    await this.timeline.append(tx, events);
  }

  /** Said under both keys; each puts it into its own timeline, and either is enough to know the winner. */
  @Consume('desk', LeadMerged)
  async merged(@Payload() events: readonly Envelope<LeadMerged>[], @Ctx() tx: Tx): Promise<void> {
    await this.leads.merge(
      tx,
      events.map((event) => event.data),
    );
    await this.timeline.append(tx, events);
  }

  @Consume('desk', LeadUnmerged)
  async unmerged(@Payload() events: readonly Envelope<LeadUnmerged>[], @Ctx() tx: Tx): Promise<void> {
    await this.leads.unmerge(
      tx,
      events.map((event) => event.data.loserId),
    );
    await this.timeline.append(tx, events);
  }

  @Consume('desk', CompanyEnriched)
  async enriched(@Payload() events: readonly Envelope<CompanyEnriched>[], @Ctx() tx: Tx): Promise<void> {
    await this.companies.keep(tx, events);
  }

  @Consume('desk', LeadErased)
  async erased(@Payload() events: readonly Envelope<LeadErased>[], @Ctx() tx: Tx): Promise<void> {
    const leadIds = events.map((event) => event.data.leadId);
    await this.leads.forget(tx, leadIds);
    await this.timeline.append(tx, events);
    await this.timeline.forget(tx, leadIds);
  }
}

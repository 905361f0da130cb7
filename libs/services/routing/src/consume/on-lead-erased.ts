import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { LeadErased } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { LeadId } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import { LeadRepository } from '../store/lead.repository.js';
import { Settlement } from '../steps/settlement.js';

/** Forgets a person. Ids and dates stay; a tombstone keeps what comes later from bringing anything back. */
@Controller()
export class OnLeadErased {
  constructor(
    private readonly leads: LeadRepository,
    private readonly settlement: Settlement,
  ) {}

  @Consume('routing', LeadErased)
  async handle(@Payload() events: readonly Envelope<LeadErased>[], @Ctx() tx: Tx): Promise<void> {
    const ids = new Set<LeadId>();
    for (const { data } of events) {
      ids.add(data.leadId);
      for (const id of await this.leads.family(tx, data.leadId)) ids.add(id);
    }
    const changes = this.settlement.begin();
    const states = new Map([...(await this.leads.lock(tx, [...ids])).values()].map((lead) => [lead.leadId, lead]));
    for (const lead of states.values()) {
      changes.end(lead, 'erased');
      if (lead.holding) changes.released.push({ holdingId: lead.holding.holdingId, endedFor: 'erased' });
    }
    await this.settlement.settle(tx, [], changes);
    await this.leads.forget(tx, [...ids]);
  }
}

import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { CompanyEnriched } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { LeadScorer } from '../lead-scorer.js';
import { CompanyRepository } from '../store/company.repository.js';
import { LeadRepository, beforeAllLeads } from '../store/lead.repository.js';
import { toldAt } from './told-at.js';

const leadsAtOnce = 500;

/** Takes in news about companies and scores their leads again. */
@Controller()
export class OnCompanyEnriched {
  constructor(
    private readonly companies: CompanyRepository,
    private readonly leads: LeadRepository,
    private readonly scorer: LeadScorer,
  ) {}

  @Consume('scoring', CompanyEnriched)
  async handle(@Payload() events: readonly Envelope<CompanyEnriched>[], @Ctx() tx: Tx): Promise<void> {
    await this.companies.enrich(tx, events.map(toldCompany));
    const parents = new Map(events.map((event) => [event.data.companyId, event]));
    let after = beforeAllLeads;
    for (;;) {
      const leadIds = await this.leads.ofCompanies(tx, [...parents.keys()], after, leadsAtOnce);
      const last = leadIds.at(-1);
      if (last === undefined) return;
      const held = await this.leads.lock(tx, leadIds);
      const rescorings = leadIds.flatMap((leadId) => {
        const companyId = held.stateOf(leadId).facts?.company.companyId;
        const parent = companyId === undefined ? undefined : parents.get(companyId);
        return parent === undefined ? [] : [{ leadId, parent }];
      });
      await this.scorer.rescore(tx, rescorings, held, 'company');
      after = last;
    }
  }
}

function toldCompany(event: Envelope<CompanyEnriched>): Parameters<CompanyRepository['enrich']>[1][number] {
  const { companyId, revision, facts, signal } = event.data;
  return {
    companyId,
    eventId: event.id,
    revision,
    facts,
    signal: signal ? { kind: signal.kind, at: toldAt(signal.at, event), halfLifeDays: signal.halfLifeDays } : null,
  };
}

import { Injectable } from '@nestjs/common';
import type { CompanyId, LeadId } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import type { CompiledDefinition } from './decide/compile-definition.js';
import type { CompanyNews } from './decide/decide-score.js';
import type { Engagement } from './decide/engagement.js';
import { CompanyRepository } from './store/company.repository.js';
import { DefinitionRepository } from './store/definition.repository.js';
import { EngagementRepository } from './store/engagement.repository.js';

/** What a batch of leads is scored with. */
export interface ScoringInput {
  readonly definition: CompiledDefinition<number>;
  engagementsOf(leadId: LeadId): readonly Engagement[];
  newsOf(companyId: CompanyId | undefined): CompanyNews | null;
}

/** Loads all that a batch of leads is scored with, each kind by one statement. */
@Injectable()
export class ScoringInputs {
  constructor(
    private readonly definitions: DefinitionRepository,
    private readonly engagements: EngagementRepository,
    private readonly companies: CompanyRepository,
  ) {}

  /** @throws {NoDefinitionInForce} */
  async load(tx: Tx, leadIds: readonly LeadId[], companyIds: readonly CompanyId[]): Promise<ScoringInput> {
    const definition = await this.definitions.inForce(tx);
    const engagements = await this.engagements.of(tx, leadIds);
    const companies = await this.companies.of(tx, companyIds);
    return {
      definition,
      engagementsOf: (leadId) => engagements.get(leadId) ?? [],
      newsOf: (companyId) => (companyId === undefined ? null : (companies.get(companyId) ?? null)),
    };
  }
}

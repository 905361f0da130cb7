import { Module } from '@nestjs/common';
import type { ServiceParts } from '@relance/bootstrap';
import { OnCompanyEnriched } from './consume/on-company-enriched.js';
import { OnLeadContacted } from './consume/on-lead-contacted.js';
import { OnLeadEngaged } from './consume/on-lead-engaged.js';
import { OnLeadErased } from './consume/on-lead-erased.js';
import { OnLeadMerged } from './consume/on-lead-merged.js';
import { OnLeadReceived } from './consume/on-lead-received.js';
import { OnLeadStageChanged } from './consume/on-lead-stage-changed.js';
import { OnLeadUnmerged } from './consume/on-lead-unmerged.js';
import { EngagementTaker } from './engagement-taker.js';
import { DefinitionsController } from './http/definitions.controller.js';
import { LeadScoresController } from './http/lead-scores.controller.js';
import { PreviewController } from './http/preview.controller.js';
import { CoolingAlarms } from './jobs/cooling-alarms.js';
import { RescoreCooledLeads } from './jobs/rescore-cooled-leads.job.js';
import { SweepCoolingLeads } from './jobs/sweep-cooling-leads.job.js';
import { LeadScorer } from './lead-scorer.js';
import { ScoringInputs } from './scoring-inputs.js';
import { ScoringStarter } from './scoring-starter.js';
import { CompanyRepository } from './store/company.repository.js';
import { DefinitionRepository } from './store/definition.repository.js';
import { EngagementRepository } from './store/engagement.repository.js';
import { LeadRepository } from './store/lead.repository.js';
import { CreateScoring1763800002000 } from './store/migrations/create-scoring-1763800002000.js';
import { OutcomeRepository } from './store/outcome.repository.js';
import { ScoreRepository } from './store/score.repository.js';

/** Is this lead ready for sales? */
@Module({
  controllers: [
    OnLeadReceived,
    OnLeadEngaged,
    OnLeadContacted,
    OnLeadStageChanged,
    OnCompanyEnriched,
    OnLeadMerged,
    OnLeadUnmerged,
    OnLeadErased,
    DefinitionsController,
    LeadScoresController,
    PreviewController,
  ],
  providers: [
    CompanyRepository,
    DefinitionRepository,
    EngagementRepository,
    LeadRepository,
    OutcomeRepository,
    ScoreRepository,
    ScoringInputs,
    LeadScorer,
    EngagementTaker,
    CoolingAlarms,
    RescoreCooledLeads,
    SweepCoolingLeads,
    ScoringStarter,
  ],
})
export class ScoringModule {
  static readonly parts: ServiceParts = {
    migrations: [CreateScoring1763800002000],
    rows: [],
    config: [],
    starter: ScoringStarter,
  };
}

import { Module } from '@nestjs/common';
import type { ServiceParts } from '@relance/bootstrap';
import { Acceptance } from './accept/acceptance.js';
import { EngagementAcceptance } from './accept/engagement-acceptance.js';
import { LeadJoining } from './accept/lead-joining.js';
import { Quarantine } from './accept/quarantine.js';
import { Refusals } from './accept/refusals.js';
import { StarterIngestion } from './accept/starter-ingestion.js';
import { OnLeadStageChanged } from './consume/on-lead-stage-changed.js';
import { QuarantineController } from './http/quarantine.controller.js';
import { SourcesController } from './http/sources.controller.js';
import { ingestionConfig } from './ingestion.config.js';
import { Doors } from './intake/doors.js';
import { DoorDocuments } from './intake/door-documents.js';
import { IntakeDoors } from './intake/intake-doors.js';
import { Reception } from './intake/reception.js';
import { ForgetOldDeliveries } from './jobs/forget-old-deliveries.job.js';
import { DeliveryRepository } from './store/delivery.repository.js';
import { EngagementRepository } from './store/engagement.repository.js';
import { IdentityRepository } from './store/identity.repository.js';
import { LeadRepository } from './store/lead.repository.js';
import { MeetingRepository } from './store/meeting.repository.js';
import { CreateIngestion1763800001000 } from './store/migrations/create-ingestion-1763800001000.js';
import { RefusalRepository } from './store/refusal.repository.js';
import { SecretBox } from './store/secret-box.js';
import { SourceCache } from './store/source-cache.js';
import { SourceRepository } from './store/source.repository.js';
import { SubmissionRepository } from './store/submission.repository.js';

/** Is this genuine, complete, new, and who is it? */
@Module({
  controllers: [SourcesController, QuarantineController, OnLeadStageChanged],
  providers: [
    // Doors
    Doors,
    IntakeDoors,
    DoorDocuments,
    Reception,
    Refusals,
    // Accepting
    Acceptance,
    EngagementAcceptance,
    LeadJoining,
    Quarantine,
    // Alarms
    ForgetOldDeliveries,
    // Stores
    DeliveryRepository,
    EngagementRepository,
    IdentityRepository,
    LeadRepository,
    MeetingRepository,
    RefusalRepository,
    SecretBox,
    SourceCache,
    SourceRepository,
    SubmissionRepository,
    StarterIngestion,
  ],
})
export class IngestionModule {
  static readonly parts: ServiceParts = {
    migrations: [CreateIngestion1763800001000],
    rows: [],
    config: [ingestionConfig],
    starter: StarterIngestion,
  };
}

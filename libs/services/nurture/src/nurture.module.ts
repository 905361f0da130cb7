import { Module } from '@nestjs/common';
import type { ServiceParts } from '@relance/bootstrap';
import { OnLeadIdentity } from './consume/on-lead-identity.js';
import { OnLeadNurtured } from './consume/on-lead-nurtured.js';
import { OnLeadWork } from './consume/on-lead-work.js';
import { OverviewController } from './http/overview.controller.js';
import { TracksController } from './http/tracks.controller.js';
import { RunStepJob } from './jobs/run-step.job.js';
import { Alarms } from './letters/alarms.js';
import { LetterDelivery } from './letters/letter-delivery.js';
import { LetterOutcome } from './letters/letter-outcome.js';
import { LetterPreparation } from './letters/letter-preparation.js';
import { LetterWriter } from './letters/letter-writer.js';
import { Progress } from './letters/progress.js';
import { nurtureConfig } from './nurture.config.js';
import { StarterNurture } from './starter-nurture.js';
import { EnrolmentRepository } from './store/enrolment.repository.js';
import { LeadRepository } from './store/lead.repository.js';
import { LetterRepository } from './store/letter.repository.js';
import { CreateNurture1763800005000 } from './store/migrations/create-nurture-1763800005000.js';
import { NurtureStore } from './store/nurture-store.js';
import { OverviewRepository } from './store/overview.repository.js';
import { TrackRepository } from './store/track.repository.js';
import { UnsubscribeDoor } from './unsubscribe/unsubscribe-door.js';
import { UnsubscribeSecret } from './unsubscribe/unsubscribe-secret.js';
import { Unsubscription } from './unsubscribe/unsubscription.js';

/** What do we send next, and when do we stop? */
@Module({
  controllers: [OnLeadNurtured, OnLeadWork, OnLeadIdentity, TracksController, OverviewController],
  providers: [
    ...[LeadRepository, EnrolmentRepository, TrackRepository, NurtureStore, LetterRepository, OverviewRepository],
    ...[Progress, Alarms, LetterWriter, LetterPreparation, LetterOutcome, LetterDelivery, RunStepJob],
    ...[UnsubscribeSecret, Unsubscription, UnsubscribeDoor, StarterNurture],
  ],
})
export class NurtureModule {
  static readonly parts: ServiceParts = {
    migrations: [CreateNurture1763800005000],
    rows: [],
    config: [nurtureConfig],
    starter: StarterNurture,
  };
}

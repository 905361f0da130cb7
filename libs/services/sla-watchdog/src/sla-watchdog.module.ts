import { Module } from '@nestjs/common';
import type { ServiceParts } from '@relance/bootstrap';
import { Db } from '@relance/postgres';
import { AlertBook } from './alerts/alert-book.js';
import { AlertPost } from './alerts/alert-post.js';
import { SendEscalationJob } from './alerts/send-escalation.job.js';
import { ClockBook } from './clocks/clock-book.js';
import { ClockPlans } from './clocks/clock-plans.js';
import { StartAccepted } from './clocks/start-accepted.js';
import { OnLeadAssigned } from './consume/on-lead-assigned.js';
import { OnLeadContacted } from './consume/on-lead-contacted.js';
import { OnLeadErased } from './consume/on-lead-erased.js';
import { OnLeadHeld } from './consume/on-lead-held.js';
import { OnLeadMerged } from './consume/on-lead-merged.js';
import { OnLeadScored } from './consume/on-lead-scored.js';
import { OnLeadStageChanged } from './consume/on-lead-stage-changed.js';
import { OnLeadTold } from './consume/on-lead-told.js';
import { OnLeadUnmerged } from './consume/on-lead-unmerged.js';
import { OnMemberChanged } from './consume/on-member-changed.js';
import { Alarms } from './firing/alarms.js';
import { FirePass } from './firing/fire-pass.js';
import { Sweeper } from './firing/sweeper.js';
import { AlertsController } from './http/alerts.controller.js';
import { BreachesController } from './http/breaches.controller.js';
import { ClocksController } from './http/clocks.controller.js';
import { PoliciesController } from './http/policies.controller.js';
import { WorkingTimeController } from './http/working-time.controller.js';
import { slaWatchdogConfig } from './sla-watchdog.config.js';
import { StarterSla } from './starter-sla.js';
import { AlertRepository } from './store/alert.repository.js';
import { AssignmentRepository } from './store/assignment.repository.js';
import { CalendarRepository } from './store/calendar.repository.js';
import { ClockPlanRepository } from './store/clock-plan.repository.js';
import { ClockViews } from './store/clock-views.js';
import { ClockRepository } from './store/clock.repository.js';
import { FireRepository } from './store/fire.repository.js';
import { LeadRepository } from './store/lead.repository.js';
import { MemberRepository } from './store/member.repository.js';
import { CreateSla1763800004000 } from './store/migrations/create-sla-1763800004000.js';
import { PolicyRepository } from './store/policy.repository.js';

/** Is the promise kept, and who must know? */
@Module({
  controllers: [
    OnLeadScored,
    OnLeadAssigned,
    OnLeadHeld,
    OnLeadTold,
    OnLeadContacted,
    OnLeadStageChanged,
    OnLeadMerged,
    OnLeadUnmerged,
    OnLeadErased,
    OnMemberChanged,
    PoliciesController,
    ClocksController,
    BreachesController,
    AlertsController,
    WorkingTimeController,
  ],
  providers: [
    ClockBook,
    ClockPlans,
    StartAccepted,
    FirePass,
    Sweeper,
    Alarms,
    AlertBook,
    AlertPost,
    SendEscalationJob,
    StarterSla,
    PolicyRepository,
    CalendarRepository,
    ClockRepository,
    ClockPlanRepository,
    LeadRepository,
    AssignmentRepository,
    { provide: FireRepository, inject: [Db], useFactory: (db: Db) => new FireRepository(db) },
    { provide: AlertRepository, inject: [Db], useFactory: (db: Db) => new AlertRepository(db) },
    { provide: MemberRepository, inject: [Db], useFactory: (db: Db) => new MemberRepository(db) },
    { provide: ClockViews, inject: [Db], useFactory: (db: Db) => new ClockViews(db) },
  ],
})
export class SlaWatchdogModule {
  static readonly parts: ServiceParts = {
    migrations: [CreateSla1763800004000],
    rows: [],
    config: [slaWatchdogConfig],
    starter: StarterSla,
  };
}

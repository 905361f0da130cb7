import { Module } from '@nestjs/common';
import type { ServiceParts } from '@relance/bootstrap';
import { OnLeadEngaged } from './consume/on-lead-engaged.js';
import { OnLeadErased } from './consume/on-lead-erased.js';
import { OnLeadMerged } from './consume/on-lead-merged.js';
import { OnLeadScored } from './consume/on-lead-scored.js';
import { OnLeadUnmerged } from './consume/on-lead-unmerged.js';
import { OnSlaBreached } from './consume/on-sla-breached.js';
import { OnSlaMet } from './consume/on-sla-met.js';
import { OnSlaStarted } from './consume/on-sla-started.js';
import { OnSlaStopped } from './consume/on-sla-stopped.js';
import { OnSlaWarned } from './consume/on-sla-warned.js';
import { OnSlaWithdrawn } from './consume/on-sla-withdrawn.js';
import { AssignmentsController } from './http/assignments.controller.js';
import { DecisionsController } from './http/decisions.controller.js';
import { HeldController } from './http/held.controller.js';
import { InboxController } from './http/inbox.controller.js';
import { MembersController } from './http/members.controller.js';
import { OutcomesController } from './http/outcomes.controller.js';
import { RulesController } from './http/rules.controller.js';
import { TeamsController } from './http/teams.controller.js';
import { SweepJob } from './jobs/sweep.job.js';
import { TellOwnerJob } from './jobs/tell-owner.job.js';
import { routingConfig } from './routing.config.js';
import { AssignmentClosing } from './steps/assignment-closing.js';
import { AssignmentOpening } from './steps/assignment-opening.js';
import { AssignmentWork } from './steps/assignment-work.js';
import { Claims } from './steps/claims.js';
import { Contacts } from './steps/contacts.js';
import { HandingOver } from './steps/handing-over.js';
import { Holidays } from './steps/holidays.js';
import { Merging } from './steps/merging.js';
import { Notifier } from './steps/notifier.js';
import { Nudge } from './steps/nudge.js';
import { OwnerLetters } from './steps/owner-letters.js';
import { People } from './steps/people.js';
import { Publishing } from './steps/publishing.js';
import { Releasing } from './steps/releasing.js';
import { Settlement } from './steps/settlement.js';
import { StarterRouting } from './steps/starter-routing.js';
import { Sweep } from './steps/sweep.js';
import { AssignmentRepository } from './store/assignment.repository.js';
import { ChangeRepository } from './store/change.repository.js';
import { DecisionRepository } from './store/decision.repository.js';
import { FloorRepository } from './store/floor.repository.js';
import { HoldingRepository } from './store/holding.repository.js';
import { InboxRepository } from './store/inbox.repository.js';
import { LeadRepository } from './store/lead.repository.js';
import { MergeRepository } from './store/merge.repository.js';
import { CreateRouting1763800003000 } from './store/migrations/create-routing-1763800003000.js';
import { NotificationRepository } from './store/notification.repository.js';
import { OrganisationRepository } from './store/organisation.repository.js';
import { OutcomeRepository } from './store/outcome.repository.js';
import { PeopleRepository } from './store/people.repository.js';
import { PromiseRepository } from './store/promise.repository.js';
import { RuleBookRepository } from './store/rule-book.repository.js';

const consumers = [
  OnLeadScored,
  OnLeadEngaged,
  OnLeadMerged,
  OnLeadUnmerged,
  OnLeadErased,
  OnSlaStarted,
  OnSlaStopped,
  OnSlaWarned,
  OnSlaBreached,
  OnSlaMet,
  OnSlaWithdrawn,
];

const doors = [
  TeamsController,
  MembersController,
  RulesController,
  AssignmentsController,
  InboxController,
  HeldController,
  DecisionsController,
  OutcomesController,
];

const steps = [
  Settlement,
  Claims,
  AssignmentWork,
  AssignmentOpening,
  AssignmentClosing,
  HandingOver,
  Contacts,
  Releasing,
  Merging,
  People,
  Holidays,
  Publishing,
  Notifier,
  Nudge,
  Sweep,
  OwnerLetters,
  StarterRouting,
];

const stores = [
  LeadRepository,
  ChangeRepository,
  AssignmentRepository,
  HoldingRepository,
  FloorRepository,
  OrganisationRepository,
  PeopleRepository,
  RuleBookRepository,
  DecisionRepository,
  InboxRepository,
  PromiseRepository,
  MergeRepository,
  OutcomeRepository,
  NotificationRepository,
];

const jobs = [SweepJob, TellOwnerJob];

/** Who takes a lead, and what they did with it. */
@Module({ controllers: [...consumers, ...doors], providers: [...steps, ...stores, ...jobs] })
export class RoutingModule {
  static readonly parts: ServiceParts = {
    migrations: [CreateRouting1763800003000],
    rows: [],
    config: [routingConfig],
    starter: StarterRouting,
  };
}

export {
  assignmentIdSchema,
  clockIdSchema,
  companyIdSchema,
  contactIdSchema,
  enrolmentIdSchema,
  holdingIdSchema,
  leadIdSchema,
  memberKeySchema,
  milestoneKeySchema,
  policyKeySchema,
  poolKeySchema,
  ruleKeySchema,
  sourceKeySchema,
  submissionIdSchema,
  teamKeySchema,
  trackKeySchema,
} from './ids.js';
export type {
  AssignmentId,
  ClockId,
  CompanyId,
  ContactId,
  EnrolmentId,
  HoldingId,
  LeadId,
  MemberKey,
  MilestoneKey,
  PolicyKey,
  PoolKey,
  RuleKey,
  SourceKey,
  SubmissionId,
  TeamKey,
  TrackKey,
} from './ids.js';
export { instantSchema } from './instant.js';
export {
  attributionSchema,
  companySchema,
  consentSchema,
  emailKindSchema,
  leadFactsSchema,
  personSchema,
  requestSchema,
  traitsOf,
  traitsSchema,
} from './facts.js';
export type { Attribution, Company, Consent, LeadFacts, LeadRequest, Person, Traits } from './facts.js';
export {
  channelSchema,
  gradeSchema,
  isAtLeast,
  memberRoleSchema,
  stageSchema,
  temperatureSchema,
  verdictSchema,
} from './words.js';
export type { Channel, Grade, MemberRole, Stage, Temperature, Verdict } from './words.js';
export { isWorked, nextStage, transitions } from './stage.js';
export type { StageMove } from './stage.js';

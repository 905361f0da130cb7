import type {
  AssignmentId,
  Grade,
  HoldingId,
  LeadFacts,
  LeadId,
  MemberKey,
  PoolKey,
  RuleKey,
  Stage,
  TeamKey,
  Temperature,
} from '@relance/lead';

/** What scoring last said, as rules may ask about it. */
export interface ScoreSummary {
  readonly fit: number;
  readonly engagement: number;
  readonly grade: string;
  readonly temperature: Temperature;
}

export type AssignmentKind = 'first' | 'reassigned' | 'manual' | 'released-hold' | 'returned-to-manager';

export interface ActiveAssignment {
  readonly assignmentId: AssignmentId;
  readonly member: MemberKey;
  readonly team: TeamKey;
  readonly kind: AssignmentKind;
  readonly pool: PoolKey | null;
  readonly rule: RuleKey | null;
}

export interface OpenHolding {
  readonly holdingId: HoldingId;
  readonly pool: PoolKey | null;
  readonly rule: RuleKey | null;
}

/** A lead as routing knows it, under its lock. */
export interface LeadState {
  readonly leadId: LeadId;
  readonly stage: Stage;
  /** Counts the promises that were asked for; 0 before the first. */
  readonly round: number;
  readonly roundStartedAt: Date | null;
  /** Best evidence of a contact since the round began. */
  readonly contacted: Grade | null;
  /** A promise of the present round is running; only told for a lead that has an owner. */
  readonly hasRunningPromise: boolean;
  /** A promise of the present round has ended: kept, broken or stopped. */
  readonly hasEndedPromise: boolean;
  readonly facts: LeadFacts | null;
  readonly score: ScoreSummary | null;
  readonly scoreRevision: number;
  /** The first submission of its story. */
  readonly correlationId: string | null;
  readonly isTest: boolean;
  readonly isErased: boolean;
  /** A returned lead is left alone until then. */
  readonly restsUntil: Date | null;
  readonly lastOwner: MemberKey | null;
  readonly assignment: ActiveAssignment | null;
  readonly holding: OpenHolding | null;
}

/** A lead of which routing has heard nothing yet. */
export function newLead(leadId: LeadId): LeadState {
  return {
    leadId,
    stage: 'received',
    round: 0,
    roundStartedAt: null,
    contacted: null,
    hasRunningPromise: false,
    hasEndedPromise: false,
    facts: null,
    score: null,
    scoreRevision: 0,
    correlationId: null,
    isTest: false,
    isErased: false,
    restsUntil: null,
    lastOwner: null,
    assignment: null,
    holding: null,
  };
}

import type { Announcement } from '@relance/events';
import type { AssignmentId, HoldingId, LeadId, MemberKey, PoolKey, RuleKey, TeamKey } from '@relance/lead';
import type { Candidate, Reasoning } from '../decide/choose-owner.js';
import type { AssignmentKind, LeadState } from '../decide/lead-state.js';

/** Why an assignment ended: the verb that ended it, or what happened to it. */
export type EndedFor =
  | 'won'
  | 'lost'
  | 'return'
  | 'reject'
  | 'stop'
  | 'silence'
  | 'released'
  | 'deactivated'
  | 'reassigned'
  | 'merged'
  | 'erased';

export interface NewAssignment {
  readonly assignmentId: AssignmentId;
  readonly leadId: LeadId;
  readonly member: MemberKey;
  readonly team: TeamKey;
  readonly kind: AssignmentKind;
  readonly round: number;
  readonly pool: PoolKey | null;
  readonly rule: RuleKey | null;
  readonly why: string;
  /** The member has rate caps, which count it. */
  readonly isCounted: boolean;
}

export interface NewHolding {
  readonly holdingId: HoldingId;
  readonly leadId: LeadId;
  readonly pool: PoolKey | null;
  readonly rule: RuleKey | null;
  readonly waitsFor: string;
  readonly version: number;
}

export interface NewDecision {
  readonly leadId: LeadId;
  readonly assignmentId: AssignmentId | null;
  readonly kind: string;
  readonly chosen: MemberKey | null;
  readonly reasoning: Omit<Reasoning, 'candidates'> & { readonly candidates: readonly Candidate[] };
}

/** Everything that one transaction is about to write and say, collected so that each table is written once. */
export class Changes {
  readonly ended: { readonly assignmentId: AssignmentId; readonly member: MemberKey; readonly endedFor: EndedFor }[] =
    [];
  readonly assigned: NewAssignment[] = [];
  readonly rounds: { readonly assignmentId: AssignmentId; readonly round: number }[] = [];
  readonly held: NewHolding[] = [];
  readonly released: { readonly holdingId: HoldingId; readonly endedFor: string }[] = [];
  readonly decisions: NewDecision[] = [];
  readonly announcements: Announcement[] = [];
  private readonly states = new Map<LeadId, { readonly before: LeadState | null; after: LeadState }>();

  constructor(readonly now: Date) {}

  /** @param before as it stands in the database; null for a lead that is not there yet. */
  lead(before: LeadState | null, after: LeadState): void {
    const known = this.states.get(after.leadId);
    if (known) known.after = after;
    else this.states.set(after.leadId, { before, after });
  }

  /** The lead as it will be. */
  latest(state: LeadState): LeadState {
    return this.states.get(state.leadId)?.after ?? state;
  }

  newLeads(): LeadState[] {
    return [...this.states.values()].filter(({ before }) => before === null).map(({ after }) => after);
  }

  changedLeads(): { readonly state: LeadState; readonly hasNewFacts: boolean }[] {
    return [...this.states.values()].flatMap(({ before, after }) =>
      before === null || before === after ? [] : [{ state: after, hasNewFacts: before.facts !== after.facts }],
    );
  }

  end(lead: LeadState, endedFor: EndedFor): void {
    if (lead.assignment)
      this.ended.push({ assignmentId: lead.assignment.assignmentId, member: lead.assignment.member, endedFor });
  }

  say(...announcements: Announcement[]): void {
    this.announcements.push(...announcements);
  }
}

import { nextStage } from '@relance/lead';
import type { AssignmentId, MemberKey, Stage } from '@relance/lead';
import type { LeadState } from './lead-state.js';

/** What the owner of a lead may do with it, besides contacting it. */
export type Verb = 'accept' | 'qualify' | 'won' | 'lost' | 'return' | 'reject' | 'stop';

/** After these nobody owes an answer any more. */
const ending: ReadonlySet<string> = new Set<Verb>(['won', 'lost', 'return', 'reject', 'stop']);

/** Rejected for these, a lead was none: the turn is given back. */
const creditedReasons: ReadonlySet<string> = new Set([
  'not-a-company',
  'student',
  'spam',
  'duplicate',
  'out-of-market',
]);

export interface ActedOn {
  readonly assignmentId: AssignmentId;
  /** Why it is over; null while it is active. */
  readonly endedFor: string | null;
}

/**
 * `move`: it happens. `already`: it happened before, and nothing more is to be done. `lost`: the assignment is over and
 * somebody else may have the lead. `illegal`: the lead's stage does not allow it.
 */
export type WorkDecision =
  | { readonly kind: 'move'; readonly stage: Stage; readonly endsAssignment: boolean; readonly givesTurnBack: boolean }
  | { readonly kind: 'already' }
  | { readonly kind: 'lost'; readonly owner: MemberKey | null }
  | { readonly kind: 'illegal'; readonly stage: Stage };

/** Decides what a verb does to a lead. Saying it twice does it once. */
export function decideWork(verb: Verb, reason: string | null, assignment: ActedOn, lead: LeadState): WorkDecision {
  if (assignment.endedFor === verb) return { kind: 'already' };
  if (lead.assignment?.assignmentId !== assignment.assignmentId) {
    return { kind: 'lost', owner: lead.assignment?.member ?? null };
  }
  const stage = nextStage(lead.stage, verb);
  if (stage === null) return { kind: 'illegal', stage: lead.stage };
  const endsAssignment = ending.has(verb);
  if (stage === lead.stage && !endsAssignment) return { kind: 'already' };
  const givesTurnBack = verb === 'reject' && reason !== null && creditedReasons.has(reason);
  return { kind: 'move', stage, endsAssignment, givesTurnBack };
}

/** What a contact changes besides being recorded. A first contact accepts too. */
export interface ContactDecision {
  readonly assignment: 'current' | 'superseded';
  /** The stage it leads to, where it moves the lead. */
  readonly accepted: Stage | null;
}

/** A contact is a fact and never refused; on an assignment that is over it moves nothing. */
export function decideContact(assignment: ActedOn, lead: LeadState): ContactDecision {
  if (lead.assignment?.assignmentId !== assignment.assignmentId) return { assignment: 'superseded', accepted: null };
  return { assignment: 'current', accepted: lead.stage === 'mql' ? nextStage(lead.stage, 'accept') : null };
}

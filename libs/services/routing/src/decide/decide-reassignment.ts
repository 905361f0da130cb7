import { isAtLeast } from '@relance/lead';
import type { AssignmentId, Grade } from '@relance/lead';
import type { LeadState } from './lead-state.js';

export interface Breach {
  readonly assignmentId: AssignmentId;
  readonly round: number | null;
  /** The grade of contact that would have kept the promise; any contact when absent. */
  readonly evidence: Grade | null;
}

/** `choose`: the owner loses the lead. `leave`: it stays where it is, and why. */
export type ReassignmentDecision =
  | { readonly kind: 'choose'; readonly onlyManager: boolean }
  | { readonly kind: 'leave'; readonly why: 'moved-on' | 'answered' | 'with-a-manager' };

/**
 * Decides whether silence costs the owner their lead.
 *
 * Only the assignment that the breach names, in the round it names, and only while nobody has answered: a contact may
 * have been recorded after the watchdog fired, and it wins. After so many reassignments in one round the lead goes to
 * a manager, and stays there.
 *
 * @param silences how often the lead was taken from someone for silence in this round.
 */
export function decideReassignment(
  lead: LeadState,
  breach: Breach,
  silences: number,
  maxReassignments: number,
): ReassignmentDecision {
  const { assignment } = lead;
  if (lead.isErased || assignment?.assignmentId !== breach.assignmentId) return { kind: 'leave', why: 'moved-on' };
  if (breach.round !== null && breach.round !== lead.round) return { kind: 'leave', why: 'moved-on' };
  if (lead.contacted !== null && isAtLeast(lead.contacted, breach.evidence ?? 'C'))
    return { kind: 'leave', why: 'answered' };
  if (assignment.kind === 'returned-to-manager') return { kind: 'leave', why: 'with-a-manager' };
  return { kind: 'choose', onlyManager: silences >= maxReassignments };
}

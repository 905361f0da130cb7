import type { LeadId } from '@relance/lead';
import { unheardLead } from '../decide/lead-state.js';
import type { LeadState } from '../decide/lead-state.js';

/** Leads whose rows this transaction holds, with the winners of those that were merged. */
export class LockedLeads {
  constructor(
    private readonly states: ReadonlyMap<LeadId, LeadState>,
    private readonly winners: ReadonlyMap<LeadId, LeadId>,
  ) {}

  /** The lead that is scored for it: itself, or who won the merge. */
  rootOf(leadId: LeadId): LeadId {
    return this.winners.get(leadId) ?? leadId;
  }

  /** Its state, or that of a lead nobody has heard of. */
  stateOf(leadId: LeadId): LeadState {
    return this.states.get(leadId) ?? unheardLead(leadId);
  }

  /** Whether the person was forgotten, under this id or under the winner's. */
  isErased(leadId: LeadId): boolean {
    return this.stateOf(leadId).isErased || this.stateOf(this.rootOf(leadId)).isErased;
  }
}

import type { LeadFacts, LeadId } from '@relance/lead';
import type { LeadReceived } from '@relance/events';
import type { Said } from './decide-score.js';

/** What scoring keeps of a lead. */
export interface LeadState {
  readonly leadId: LeadId;
  /** Null before the first submission was heard. */
  readonly facts: LeadFacts | null;
  /** Of the facts; 0 before the first. */
  readonly factsRevision: number;
  /** Whether the latest submission asks for contact. */
  readonly asksForContact: boolean;
  /** The first submission of the lead's story; null before it was heard. */
  readonly correlationId: string | null;
  /** The winner of a merge that this lead lost. */
  readonly mergedInto: LeadId | null;
  readonly isErased: boolean;
  /** Scores so far. */
  readonly scoreRevision: number;
  /** What others were told last. */
  readonly said: Said | null;
  /** When decay next changes the score. */
  readonly changesAt: Date | null;
  /** Counts the writes of this state; 0 for one that is not stored yet. */
  readonly version: number;
}

export function unheardLead(leadId: LeadId): LeadState {
  return {
    leadId,
    facts: null,
    factsRevision: 0,
    asksForContact: false,
    correlationId: null,
    mergedInto: null,
    isErased: false,
    scoreRevision: 0,
    said: null,
    changesAt: null,
    version: 0,
  };
}

/** Takes in a submission. One that arrives late changes nothing: facts only ever go forward. */
export function foldSubmission(lead: LeadState, received: LeadReceived, correlationId: string): LeadState {
  if (lead.isErased || received.revision <= lead.factsRevision) return lead;
  return {
    ...lead,
    facts: received.facts,
    factsRevision: received.revision,
    asksForContact: received.asks.asksForContact,
    correlationId: lead.correlationId ?? correlationId,
  };
}

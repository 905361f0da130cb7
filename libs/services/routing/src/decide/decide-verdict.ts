import { nextStage } from '@relance/lead';
import type { Stage, StageMove, SubmissionId, Verdict } from '@relance/lead';
import type { LeadState } from './lead-state.js';

export interface ScoredVerdict {
  readonly verdict: Verdict;
  /** Present when somebody asked; absent when engagement, decay or company news changed the score. */
  readonly submissionId?: SubmissionId | undefined;
  readonly disqualifiedFor?: string | undefined;
  readonly test: boolean;
}

/**
 * What a verdict means for a lead.
 *
 * `choose`: an owner is to be chosen, in a new round. `ask-again`: its owner keeps it and owes a new answer.
 * `nurture`: it goes to marketing. `move`: its stage changes and nobody has to do anything.
 * `refresh`: only what is known of it changes. `forget`: it was erased.
 */
export type VerdictDecision =
  | { readonly kind: 'choose' }
  | { readonly kind: 'ask-again' }
  | { readonly kind: 'nurture'; readonly stage: Stage; readonly reason: 'not-ready' | 'incomplete' }
  | { readonly kind: 'move'; readonly stage: Stage; readonly move: StageMove; readonly reason?: string | undefined }
  | { readonly kind: 'refresh' }
  | { readonly kind: 'forget' };

/**
 * Decides what a verdict means for the lead's stage and owner.
 *
 * Every submission counts as asking. A lead that asks again keeps its owner, and a new promise begins only where none
 * is running unanswered: a second form within minutes must not give the owner another half hour. A score that falls
 * never takes a lead away. A score that rises without a submission brings a lead to sales once, from `received` or
 * `nurturing`, or from `recycled` when its rest is over; what a person closed stays closed until somebody asks.
 * Test leads move through the stages and never get an owner.
 */
export function decideVerdict(lead: LeadState, scored: ScoredVerdict, now: Date): VerdictDecision {
  if (lead.isErased) return { kind: 'forget' };
  if (scored.test) return testVerdict(lead, scored);
  switch (scored.verdict) {
    case 'qualified':
      return qualifiedVerdict(lead, scored, now);
    case 'nurture':
      return nurtureVerdict(lead, scored, 'not-ready');
    case 'incomplete':
      return nurtureVerdict(lead, scored, 'incomplete');
    case 'disqualified':
      return moved(lead, 'disqualified', scored.disqualifiedFor);
  }
}

function qualifiedVerdict(lead: LeadState, scored: ScoredVerdict, now: Date): VerdictDecision {
  const hasAsked = scored.submissionId !== undefined;
  if (lead.assignment) return hasAsked && isAnswered(lead) ? { kind: 'ask-again' } : { kind: 'refresh' };
  if (lead.holding || nextStage(lead.stage, 'qualified') !== 'mql') return { kind: 'refresh' };
  return hasAsked || isOpenToNews(lead, now) ? { kind: 'choose' } : { kind: 'refresh' };
}

/** The promise of the present round is over: someone contacted the lead, or every promise of it has ended. */
function isAnswered(lead: LeadState): boolean {
  return lead.contacted !== null || (lead.hasEndedPromise && !lead.hasRunningPromise);
}

function isOpenToNews(lead: LeadState, now: Date): boolean {
  if (lead.stage === 'recycled') return lead.restsUntil === null || lead.restsUntil <= now;
  return lead.stage === 'received' || lead.stage === 'nurturing' || lead.stage === 'mql';
}

function nurtureVerdict(lead: LeadState, scored: ScoredVerdict, reason: 'not-ready' | 'incomplete'): VerdictDecision {
  const hasAsked = scored.submissionId !== undefined;
  const stage = nextStage(lead.stage, 'nurture');
  if (stage !== 'nurturing') return { kind: 'refresh' };
  if (lead.stage === 'received' || hasAsked) return { kind: 'nurture', stage, reason };
  return { kind: 'refresh' };
}

function testVerdict(lead: LeadState, scored: ScoredVerdict): VerdictDecision {
  switch (scored.verdict) {
    case 'qualified':
      return moved(lead, 'qualified');
    case 'nurture':
    case 'incomplete':
      return moved(lead, 'nurture');
    case 'disqualified':
      return moved(lead, 'disqualified', scored.disqualifiedFor);
  }
}

function moved(lead: LeadState, move: StageMove, reason?: string): VerdictDecision {
  const stage = nextStage(lead.stage, move);
  return stage === null || stage === lead.stage ? { kind: 'refresh' } : { kind: 'move', stage, move, reason };
}

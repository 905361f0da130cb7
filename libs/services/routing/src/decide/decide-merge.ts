import { isAtLeast, isWorked } from '@relance/lead';
import type { Grade, Stage } from '@relance/lead';
import type { LeadState } from './lead-state.js';

/** What becomes of two leads that proved to be one person. */
export interface MergeDecision {
  /** The loser's owner keeps working for the winner, or is told that somebody else does. */
  readonly assignment: 'none' | 'moves' | 'closes';
  readonly holding: 'none' | 'moves' | 'closes';
  /** The winner waited for an owner and gets the loser's. */
  readonly closesWinnersHolding: boolean;
  readonly stage: Stage;
  /** Follow-ups of either count for the winner. */
  readonly contacted: Grade | null;
}

/**
 * Decides what a merge does to owners.
 *
 * One person has one owner: the winner's, if it has one, else the loser's, who keeps the round and the promise that runs.
 */
export function decideMerge(winner: LeadState, loser: LeadState): MergeDecision {
  const moves = loser.assignment !== null && winner.assignment === null;
  const movesHolding = loser.holding !== null && winner.assignment === null && winner.holding === null && !moves;
  return {
    assignment: loser.assignment === null ? 'none' : moves ? 'moves' : 'closes',
    holding: loser.holding === null ? 'none' : movesHolding ? 'moves' : 'closes',
    closesWinnersHolding: moves && winner.holding !== null,
    stage:
      moves || movesHolding || (winner.stage === 'received' && !isWorked(loser.stage)) ? loser.stage : winner.stage,
    contacted: best(winner.contacted, loser.contacted),
  };
}

function best(one: Grade | null, other: Grade | null): Grade | null {
  if (one === null || other === null) return one ?? other;
  return isAtLeast(one, other) ? one : other;
}

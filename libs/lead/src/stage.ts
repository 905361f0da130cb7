import type { Stage } from './words.js';

/**
 * What can happen to a lead's stage.
 *
 * `qualified`, `nurture` and `disqualified` are verdicts of a submission or of a
 * change in engagement; `silence` is a reassignment after nobody followed up;
 * `rested` is a recycled lead whose resting time is over; the others are the
 * verbs of the person who owns the lead.
 */
export type StageMove =
  | 'qualified'
  | 'nurture'
  | 'disqualified'
  | 'accept'
  | 'qualify'
  | 'won'
  | 'lost'
  | 'return'
  | 'reject'
  | 'stop'
  | 'silence'
  | 'rested';

/**
 * The life of a lead: from where, by which move, to where.
 *
 * What is absent is illegal. A move that leads to the stage the lead is in
 * already is legal and changes nothing: an owned lead that asks again keeps its
 * stage, and a won one stays won.
 */
export const transitions: Readonly<Record<Stage, Readonly<Partial<Record<StageMove, Stage>>>>> = {
  received: { qualified: 'mql', nurture: 'nurturing', disqualified: 'disqualified' },
  mql: {
    qualified: 'mql',
    nurture: 'mql',
    disqualified: 'mql',
    accept: 'sal',
    qualify: 'sql',
    won: 'won',
    lost: 'lost',
    return: 'recycled',
    reject: 'disqualified',
    stop: 'stopped',
    silence: 'mql',
  },
  sal: {
    qualified: 'sal',
    nurture: 'sal',
    disqualified: 'sal',
    accept: 'sal',
    qualify: 'sql',
    won: 'won',
    lost: 'lost',
    return: 'recycled',
    reject: 'disqualified',
    stop: 'stopped',
    silence: 'mql',
  },
  sql: {
    qualified: 'sql',
    nurture: 'sql',
    disqualified: 'sql',
    accept: 'sql',
    qualify: 'sql',
    won: 'won',
    lost: 'lost',
    return: 'recycled',
    reject: 'disqualified',
    stop: 'stopped',
    silence: 'mql',
  },
  won: { qualified: 'won', nurture: 'won', disqualified: 'won', won: 'won' },
  lost: { qualified: 'mql', nurture: 'lost', disqualified: 'lost', lost: 'lost' },
  nurturing: { qualified: 'mql', nurture: 'nurturing', disqualified: 'disqualified', stop: 'stopped' },
  recycled: {
    qualified: 'mql',
    nurture: 'recycled',
    disqualified: 'disqualified',
    rested: 'nurturing',
    stop: 'stopped',
  },
  disqualified: { qualified: 'mql', nurture: 'nurturing', disqualified: 'disqualified' },
  stopped: { qualified: 'mql', nurture: 'stopped', disqualified: 'stopped', stop: 'stopped' },
};

/** Where the move leads, or null when it is illegal from there. */
export function nextStage(from: Stage, move: StageMove): Stage | null {
  return transitions[from][move] ?? null;
}

/** Stages in which a person is expected to work on the lead. */
export function isWorked(stage: Stage): boolean {
  return stage === 'mql' || stage === 'sal' || stage === 'sql';
}

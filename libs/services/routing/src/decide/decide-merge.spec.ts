import { describe, expect, it } from '@jest/globals';
import type { AssignmentId, HoldingId, MemberKey, TeamKey } from '@relance/lead';
import { lead } from '../../test/organisations.js';
import { decideMerge } from './decide-merge.js';
import type { LeadState } from './lead-state.js';

const owned = (stage: LeadState['stage']): Partial<LeadState> => ({
  stage,
  assignment: {
    assignmentId: '00000000-0000-7000-8000-0000000000bb' as AssignmentId,
    member: 'ana' as MemberKey,
    team: 'north' as TeamKey,
    kind: 'first',
    pool: null,
    rule: null,
  },
});
const held: Partial<LeadState> = {
  stage: 'mql',
  holding: { holdingId: '00000000-0000-7000-8000-0000000000cc' as HoldingId, pool: null, rule: null },
};

describe('two leads that are one person', () => {
  it.each([
    [{ stage: 'nurturing' }, owned('sal'), { assignment: 'moves', stage: 'sal' }],
    [owned('mql'), owned('sal'), { assignment: 'closes', stage: 'mql' }],
    [held, owned('sal'), { assignment: 'moves', closesWinnersHolding: true, stage: 'sal' }],
    [owned('sal'), held, { assignment: 'none', holding: 'closes', stage: 'sal' }],
    [{ stage: 'nurturing' }, held, { holding: 'moves', stage: 'mql' }],
    [held, held, { holding: 'closes', stage: 'mql' }],
    [{ stage: 'received' }, { stage: 'nurturing' }, { assignment: 'none', stage: 'nurturing' }],
    [{ stage: 'mql', contacted: 'C' }, { stage: 'lost', contacted: 'A' }, { contacted: 'A' }],
  ] as const)('winner %j, loser %j → %j', (winner, loser, expected) => {
    const decision = decideMerge(lead(winner), lead(loser));
    expect(decision).toMatchObject(expected);
  });
});

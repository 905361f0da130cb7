import { describe, expect, it } from '@jest/globals';
import type { AssignmentId, MemberKey, TeamKey } from '@relance/lead';
import { lead } from '../../test/organisations.js';
import { decideReassignment } from './decide-reassignment.js';
import type { LeadState } from './lead-state.js';

const assignmentId = '00000000-0000-7000-8000-0000000000bb' as AssignmentId;
const other = '00000000-0000-7000-8000-0000000000cc' as AssignmentId;
const assignment = {
  assignmentId,
  member: 'ana' as MemberKey,
  team: 'north' as TeamKey,
  kind: 'first',
  pool: null,
  rule: null,
} as const;

describe('silence', () => {
  it.each([
    [{}, {}, 0, { kind: 'choose', onlyManager: false }],
    [{}, {}, 3, { kind: 'choose', onlyManager: true }],
    [{ assignment: null }, {}, 0, { kind: 'leave', why: 'moved-on' }],
    [{}, { assignmentId: other }, 0, { kind: 'leave', why: 'moved-on' }],
    [{ round: 2 }, {}, 0, { kind: 'leave', why: 'moved-on' }],
    [{ contacted: 'C' }, {}, 0, { kind: 'leave', why: 'answered' }],
    [{ contacted: 'C' }, { evidence: 'B' }, 0, { kind: 'choose', onlyManager: false }],
    [{ contacted: 'A' }, { evidence: 'B' }, 0, { kind: 'leave', why: 'answered' }],
    [{ assignment: { ...assignment, kind: 'returned-to-manager' } }, {}, 4, { kind: 'leave', why: 'with-a-manager' }],
    [{ isErased: true }, {}, 0, { kind: 'leave', why: 'moved-on' }],
  ] as const)('lead %j, breach %j, after %d silences → %j', (over, breach, silences, expected) => {
    const state = lead({ stage: 'mql', round: 1, assignment, ...(over as Partial<LeadState>) });
    expect(decideReassignment(state, { assignmentId, round: 1, evidence: null, ...breach }, silences, 3)).toEqual(
      expected,
    );
  });
});

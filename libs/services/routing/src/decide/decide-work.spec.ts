import { describe, expect, it } from '@jest/globals';
import type { AssignmentId, MemberKey, TeamKey } from '@relance/lead';
import { lead } from '../../test/organisations.js';
import { decideContact, decideWork } from './decide-work.js';

const mine = '00000000-0000-7000-8000-0000000000bb' as AssignmentId;
const theirs = '00000000-0000-7000-8000-0000000000cc' as AssignmentId;
const owner = (assignmentId: AssignmentId, member: string) => ({
  assignment: {
    assignmentId,
    member: member as MemberKey,
    team: 'north' as TeamKey,
    kind: 'first' as const,
    pool: null,
    rule: null,
  },
});
const active = { assignmentId: mine, endedFor: null };

describe('what a verb does', () => {
  it.each([
    ['mql', 'accept', null, { kind: 'move', stage: 'sal', endsAssignment: false }],
    ['sal', 'accept', null, { kind: 'already' }],
    ['mql', 'qualify', null, { kind: 'move', stage: 'sql', endsAssignment: false }],
    ['sql', 'won', null, { kind: 'move', stage: 'won', endsAssignment: true }],
    ['sal', 'lost', 'price', { kind: 'move', stage: 'lost', endsAssignment: true }],
    ['sal', 'return', 'timing', { kind: 'move', stage: 'recycled', endsAssignment: true, givesTurnBack: false }],
    ['mql', 'reject', 'spam', { kind: 'move', stage: 'disqualified', endsAssignment: true, givesTurnBack: true }],
    ['mql', 'reject', 'competitor', { kind: 'move', stage: 'disqualified', givesTurnBack: false }],
    ['mql', 'stop', 'asked us to', { kind: 'move', stage: 'stopped', endsAssignment: true }],
    ['nurturing', 'accept', null, { kind: 'illegal', stage: 'nurturing' }],
  ] as const)('%s, %s (%s) → %j', (stage, verb, reason, expected) => {
    expect(decideWork(verb, reason, active, lead({ stage, ...owner(mine, 'ana') }))).toMatchObject(expected);
  });

  it('says who has it when it is not theirs any more', () => {
    const over = { assignmentId: mine, endedFor: 'silence' };
    expect(decideWork('accept', null, over, lead({ stage: 'mql', ...owner(theirs, 'bob') }))).toEqual({
      kind: 'lost',
      owner: 'bob',
    });
    expect(decideWork('accept', null, over, lead({ stage: 'lost' }))).toEqual({ kind: 'lost', owner: null });
  });

  it('does it once, however often it is said', () => {
    expect(decideWork('won', null, { assignmentId: mine, endedFor: 'won' }, lead({ stage: 'won' }))).toEqual({
      kind: 'already',
    });
  });
});

describe('a contact', () => {
  it.each([
    ['mql', active, 'current', 'sal'],
    ['sal', active, 'current', null],
    ['mql', { assignmentId: theirs, endedFor: 'silence' }, 'superseded', null],
  ] as const)('in stage %s on %j is %s and accepts into %s', (stage, assignment, expected, accepted) => {
    expect(decideContact(assignment, lead({ stage, ...owner(mine, 'ana') }))).toEqual({
      assignment: expected,
      accepted,
    });
  });
});

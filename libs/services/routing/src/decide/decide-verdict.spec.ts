import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AssignmentId, HoldingId, MemberKey, Stage, SubmissionId, TeamKey } from '@relance/lead';
import { stageSchema, verdictSchema } from '@relance/lead';
import { lead, noon } from '../../test/organisations.js';
import { decideVerdict } from './decide-verdict.js';
import type { LeadState } from './lead-state.js';

const submissionId = '00000000-0000-7000-8000-0000000000aa' as SubmissionId;
const owned: Partial<LeadState> = {
  round: 1,
  assignment: {
    assignmentId: '00000000-0000-7000-8000-0000000000bb' as AssignmentId,
    member: 'ana' as MemberKey,
    team: 'north' as TeamKey,
    kind: 'first',
    pool: null,
    rule: null,
  },
};
const held: Partial<LeadState> = {
  holding: { holdingId: '00000000-0000-7000-8000-0000000000cc' as HoldingId, pool: null, rule: null },
};
const asks = { submissionId, test: false };
const news = { test: false };

describe('a verdict', () => {
  it.each([
    ['received', {}, { ...asks, verdict: 'qualified' }, { kind: 'choose' }],
    ['received', {}, { ...news, verdict: 'qualified' }, { kind: 'choose' }],
    ['received', {}, { ...asks, verdict: 'nurture' }, { kind: 'nurture', reason: 'not-ready' }],
    ['received', {}, { ...asks, verdict: 'incomplete' }, { kind: 'nurture', reason: 'incomplete' }],
    [
      'received',
      {},
      { ...asks, verdict: 'disqualified', disqualifiedFor: 'spam' },
      { kind: 'move', stage: 'disqualified', reason: 'spam' },
    ],
    ['nurturing', {}, { ...news, verdict: 'qualified' }, { kind: 'choose' }],
    ['nurturing', {}, { ...asks, verdict: 'nurture' }, { kind: 'nurture' }],
    ['nurturing', {}, { ...news, verdict: 'nurture' }, { kind: 'refresh' }],
    ['lost', {}, { ...asks, verdict: 'qualified' }, { kind: 'choose' }],
    ['lost', {}, { ...news, verdict: 'qualified' }, { kind: 'refresh' }],
    ['stopped', {}, { ...asks, verdict: 'qualified' }, { kind: 'choose' }],
    ['stopped', {}, { ...asks, verdict: 'nurture' }, { kind: 'refresh' }],
    ['disqualified', {}, { ...news, verdict: 'qualified' }, { kind: 'refresh' }],
    ['disqualified', {}, { ...asks, verdict: 'nurture' }, { kind: 'nurture' }],
    ['disqualified', {}, { ...news, verdict: 'nurture' }, { kind: 'refresh' }],
    ['recycled', { restsUntil: new Date('2027-01-01') }, { ...news, verdict: 'qualified' }, { kind: 'refresh' }],
    ['recycled', { restsUntil: new Date('2027-01-01') }, { ...asks, verdict: 'qualified' }, { kind: 'choose' }],
    ['recycled', { restsUntil: new Date('2026-01-01') }, { ...news, verdict: 'qualified' }, { kind: 'choose' }],
    ['won', {}, { ...asks, verdict: 'qualified' }, { kind: 'refresh' }],
    ['mql', held, { ...asks, verdict: 'qualified' }, { kind: 'refresh' }],
    ['mql', owned, { ...asks, verdict: 'qualified' }, { kind: 'refresh' }],
    ['mql', { ...owned, hasRunningPromise: true }, { ...asks, verdict: 'qualified' }, { kind: 'refresh' }],
    ['sal', { ...owned, contacted: 'C' }, { ...asks, verdict: 'qualified' }, { kind: 'ask-again' }],
    ['mql', { ...owned, hasEndedPromise: true }, { ...asks, verdict: 'qualified' }, { kind: 'ask-again' }],
    [
      'mql',
      { ...owned, hasEndedPromise: true, hasRunningPromise: true },
      { ...asks, verdict: 'qualified' },
      { kind: 'refresh' },
    ],
    ['sal', { ...owned, contacted: 'A' }, { ...news, verdict: 'qualified' }, { kind: 'refresh' }],
    ['sal', { ...owned, contacted: 'A' }, { ...asks, verdict: 'disqualified' }, { kind: 'refresh' }],
    ['received', {}, { submissionId, test: true, verdict: 'qualified' }, { kind: 'move', stage: 'mql' }],
    ['received', {}, { submissionId, test: true, verdict: 'nurture' }, { kind: 'move', stage: 'nurturing' }],
    ['received', { isErased: true }, { ...asks, verdict: 'qualified' }, { kind: 'forget' }],
  ] as const)('%s %j, %j → %j', (stage, over, scored, expected) => {
    const state = lead({ stage, ...(over as Partial<LeadState>) });
    expect(decideVerdict(state, scored, noon)).toMatchObject(expected);
  });

  it('law: nothing takes a lead away from its owner, and a test lead never gets one', () => {
    const stages = fc.constantFrom(...stageSchema.options);
    const verdicts = fc.constantFrom(...verdictSchema.options);
    fc.assert(
      fc.property(stages, verdicts, fc.boolean(), fc.boolean(), (stage: Stage, verdict, isAsking, test) => {
        const scored = { verdict, test, ...(isAsking ? { submissionId } : {}) };
        const ofOwned = decideVerdict(lead({ ...owned, stage: 'sal' }), { ...scored, test: false }, noon);
        expect(['refresh', 'ask-again']).toContain(ofOwned.kind);
        if (test) expect(decideVerdict(lead({ stage }), scored, noon).kind).not.toBe('choose');
      }),
    );
  });
});

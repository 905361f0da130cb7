import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isWorked, nextStage, transitions } from './stage.js';
import type { StageMove } from './stage.js';
import { stageSchema } from './words.js';

describe('the life of a lead', () => {
  it.each([
    ['received', 'qualified', 'mql'],
    ['received', 'nurture', 'nurturing'],
    ['received', 'disqualified', 'disqualified'],
    ['mql', 'accept', 'sal'],
    ['sal', 'qualify', 'sql'],
    ['sql', 'won', 'won'],
    ['sql', 'lost', 'lost'],
    ['sal', 'silence', 'mql'],
    ['mql', 'return', 'recycled'],
    ['recycled', 'rested', 'nurturing'],
    ['mql', 'reject', 'disqualified'],
    ['sal', 'stop', 'stopped'],
    ['nurturing', 'qualified', 'mql'],
    ['recycled', 'qualified', 'mql'],
    ['stopped', 'qualified', 'mql'],
    ['lost', 'qualified', 'mql'],
    ['won', 'qualified', 'won'],
    ['sal', 'qualified', 'sal'],
    ['sal', 'nurture', 'sal'],
  ] as const)('%s, %s → %s', (from, move, to) => {
    expect(nextStage(from, move)).toBe(to);
  });

  it.each([
    ['received', 'accept'],
    ['nurturing', 'accept'],
    ['won', 'return'],
    ['won', 'lost'],
    ['lost', 'won'],
    ['stopped', 'accept'],
    ['disqualified', 'reject'],
    ['received', 'silence'],
  ] as const)('%s, %s is illegal', (from, move) => {
    expect(nextStage(from, move)).toBeNull();
  });

  it('takes a verdict from anywhere: who asks again is scored again', () => {
    const verdict = fc.constantFrom<StageMove>('qualified', 'nurture', 'disqualified');
    fc.assert(
      fc.property(fc.constantFrom(...stageSchema.options), verdict, (from, move) => {
        expect(nextStage(from, move)).not.toBeNull();
      }),
    );
  });

  it('never takes a worked lead away by a verdict', () => {
    const worked = stageSchema.options.filter(isWorked);
    const verdict = fc.constantFrom<StageMove>('qualified', 'nurture', 'disqualified');
    fc.assert(
      fc.property(fc.constantFrom(...worked), verdict, (from, move) => {
        expect(nextStage(from, move)).toBe(from);
      }),
    );
  });

  it('can reach every stage', () => {
    const reached = new Set<string>(['received']);
    for (let i = 0; i < stageSchema.options.length; i++) {
      for (const from of stageSchema.options) {
        if (reached.has(from)) for (const to of Object.values(transitions[from])) reached.add(to);
      }
    }
    expect([...reached].sort()).toEqual([...stageSchema.options].sort());
  });
});

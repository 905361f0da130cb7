import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Condition, ConditionLeaf } from './condition.js';
import { operators } from './condition.js';
import { evaluate } from './evaluate.js';
import { toSentence } from './to-sentence.js';

const facts = {
  person: { country: 'FR', email: 'ada@shop.acme.com', jobTitle: 'Head of Sales', languages: ['fr', 'en'] },
  company: { employees: 120, name: 'x'.repeat(100), legalForm: 'some' },
  none: [],
};

const isFrench: Condition = { field: 'person.country', operator: '=', value: 'FR' };
const isGerman: Condition = { field: 'person.country', operator: '=', value: 'DE' };
const isLarge: Condition = { field: 'company.employees', operator: '>=', value: 250 };
const isRich: Condition = { field: 'company.revenue', operator: '>', value: 1 };

describe('a sentence', () => {
  it.each<[Condition | null, string]>([
    [null, 'always'],
    [{ combinator: 'or', rules: [] }, 'never'],
    [isFrench, 'person.country is FR'],
    [isGerman, 'person.country is FR, not DE'],
    [{ ...isGerman, operator: '!=' }, 'person.country is FR, not DE'],
    [{ ...isFrench, operator: '!=' }, 'person.country is FR, which is FR'],
    [isLarge, 'company.employees is 120, below 250'],
    [{ ...isLarge, value: 100 }, 'company.employees is 120, at least 100'],
    [{ ...isLarge, operator: 'between', value: [100, 200] }, 'company.employees is 120, between 100 and 200'],
    [{ ...isFrench, operator: 'in', value: 'BE,LU' }, 'person.country is FR, none of BE, LU'],
    [{ ...isFrench, operator: 'notIn', value: ['FR', 'LU'] }, 'person.country is FR, one of FR, LU'],
    [{ field: 'person.languages', operator: '=', value: 'en' }, 'person.languages is fr, en, among them en'],
    [
      { field: 'person.email', operator: 'matchesDomain', value: 'acme.com' },
      'person.email is ada@shop.acme.com, within acme.com',
    ],
    [
      { field: 'person.jobTitle', operator: 'contains', value: "$'" },
      "person.jobTitle is Head of Sales, not containing $'",
    ],
    [isRich, 'company.revenue unknown'],
    [{ field: 'company.legalForm', operator: '<', value: 5 }, 'company.legalForm is some, which cannot be compared'],
    [{ field: 'company.revenue', operator: 'null' }, 'company.revenue is missing'],
    [{ field: 'company.revenue', operator: 'notNull' }, 'company.revenue is missing'],
    [{ field: 'company.employees', operator: 'notNull' }, 'company.employees is 120'],
    [{ field: 'none', operator: '=', value: 'x' }, 'none is empty, not x'],
    [{ field: 'company.name', operator: 'notNull' }, `company.name is ${'x'.repeat(60)}…`],
    [{ combinator: 'and', rules: [isFrench, isRich] }, 'person.country is FR; company.revenue unknown'],
    [{ combinator: 'and', rules: [isFrench, isLarge, isRich] }, 'company.employees is 120, below 250'],
    [{ combinator: 'or', rules: [isFrench, isLarge, isRich] }, 'person.country is FR'],
    [
      { combinator: 'or', rules: [isGerman, isLarge] },
      'person.country is FR, not DE; company.employees is 120, below 250',
    ],
    [{ combinator: 'or', not: true, rules: [isFrench, isRich] }, 'person.country is FR'],
    [{ combinator: 'and', rules: [isFrench, isFrench] }, 'person.country is FR'],
    [
      {
        combinator: 'and',
        rules: Array.from({ length: 9 }, (_, index): Condition => ({ field: `f${index}`, operator: '=', value: 1 })),
      },
      'f0 unknown; f1 unknown; f2 unknown; f3 unknown; f4 unknown; f5 unknown; and 3 more',
    ],
  ])('of %j: %s', (condition, sentence) => {
    expect(toSentence(evaluate(condition, facts).explanation)).toBe(sentence);
  });

  it('is one line, whatever was observed', () => {
    const leaves: fc.Arbitrary<ConditionLeaf> = fc.record({
      field: fc.constant('a'),
      operator: fc.constantFrom(...operators),
      value: fc.oneof(fc.string(), fc.array(fc.string())),
    });
    fc.assert(
      fc.property(leaves, fc.anything(), (leaf, a) => {
        expect(toSentence(evaluate(leaf, { a }).explanation)).toMatch(/^a .*$/u);
      }),
    );
  });
});

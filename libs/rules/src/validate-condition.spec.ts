import { describe, expect, it } from '@jest/globals';
import type { Condition, ConditionLeaf } from './condition.js';
import { operators } from './condition.js';
import { conditionLimits } from './condition-limits.js';
import { evaluate } from './evaluate.js';
import type { FieldCatalogue, ScalarType } from './field-catalogue.js';
import { operatorsByType, validateCondition } from './validate-condition.js';

const catalogue: FieldCatalogue = {
  'person.country': { type: 'text' },
  'score.temperature': { type: 'text', options: ['hot', 'warm', 'cold'] },
  'company.employees': { type: 'number' },
  test: { type: 'boolean' },
  receivedAt: { type: 'instant' },
  'person.languages': { type: 'list' },
  'company.sizes': { type: 'list', items: 'number' },
  'attribution.utm.*': { type: 'text' },
};

const sound: readonly ConditionLeaf[] = [
  { field: 'person.country', operator: '=', value: 'FR' },
  { field: 'person.country', operator: 'in', value: 'FR, BE' },
  { field: 'person.country', operator: 'beginsWith', value: 7 },
  { field: 'person.country', operator: 'null', value: '' },
  { field: 'score.temperature', operator: 'in', value: ['HOT', 'warm'] },
  { field: 'score.temperature', operator: 'contains', value: 'o' },
  { field: 'company.employees', operator: '>=', value: '250' },
  { field: 'company.employees', operator: 'between', value: '1,250' },
  { field: 'company.employees', operator: 'between', value: [5, 5] },
  { field: 'test', operator: '=', value: false },
  { field: 'receivedAt', operator: '<', value: '2026-11-20' },
  { field: 'receivedAt', operator: 'between', value: ['2026-11-20T10:00:00Z', '2026-11-20T12:30:00+02:00'] },
  { field: 'person.languages', operator: 'notIn', value: ['fr'] },
  { field: 'company.sizes', operator: '>', value: 5 },
  { field: 'attribution.utm.source', operator: '=', value: 'x' },
  { field: 'person.country', operator: 'matchesDomain', value: '*.acme.com' },
];

describe('a condition that makes sense', () => {
  it.each(sound)('is left alone: $field $operator $value', (leaf) => {
    expect(validateCondition(leaf, catalogue)).toEqual([]);
  });
});

describe('a condition that makes none', () => {
  it.each([
    [{ field: 'person.contry', operator: '=', value: 'FR' }, '/field', 'unknown-field'],
    [{ field: '__proto__', operator: 'null' }, '/field', 'unknown-field'],
    [{ field: 'constructor', operator: 'null' }, '/field', 'unknown-field'],
    [{ field: 'toString', operator: 'null' }, '/field', 'unknown-field'],
    [{ field: 'attribution.utm.__proto__', operator: 'null' }, '/field', 'unknown-field'],
    [{ field: 'attribution.utm.a.b', operator: 'null' }, '/field', 'unknown-field'],
    [{ field: 'company.employees', operator: 'contains', value: '2' }, '/operator', 'operator-not-for-type'],
    [{ field: 'person.country', operator: '<', value: 'FR' }, '/operator', 'operator-not-for-type'],
    [{ field: 'test', operator: 'in', value: [true] }, '/operator', 'operator-not-for-type'],
    [{ field: 'receivedAt', operator: 'endsWith', value: 'Z' }, '/operator', 'operator-not-for-type'],
    [{ field: 'company.sizes', operator: 'beginsWith', value: '2' }, '/operator', 'operator-not-for-type'],
    [{ field: 'person.country', operator: '=' }, '/value', 'value-missing'],
    [{ field: 'person.country', operator: '=', value: null }, '/value', 'value-missing'],
    [{ field: 'person.country', operator: 'contains', value: ' ' }, '/value', 'value-missing'],
    [{ field: 'person.country', operator: 'in', value: [] }, '/value', 'value-missing'],
    [{ field: 'person.country', operator: 'in', value: ' , ' }, '/value', 'value-missing'],
    [{ field: 'company.employees', operator: 'between' }, '/value', 'value-missing'],
    [{ field: 'company.employees', operator: 'between', value: [] }, '/value', 'value-missing'],
    [{ field: 'company.employees', operator: 'between', value: [1] }, '/value', 'value-missing'],
    [{ field: 'company.employees', operator: 'between', value: [1, 2, 3] }, '/value', 'value-missing'],
    [{ field: 'person.country', operator: 'matchesDomain', value: '' }, '/value', 'value-missing'],
    [{ field: 'person.country', operator: '=', value: ['FR'] }, '/value', 'value-wrong-type'],
    [{ field: 'person.country', operator: '=', value: true }, '/value', 'value-wrong-type'],
    [{ field: 'company.employees', operator: '>=', value: 'many' }, '/value', 'value-wrong-type'],
    [{ field: 'company.employees', operator: 'in', value: [1, 'two', 3] }, '/value/1', 'value-wrong-type'],
    [{ field: 'company.employees', operator: 'in', value: '1, two' }, '/value', 'value-wrong-type'],
    [{ field: 'test', operator: '=', value: 'yes' }, '/value', 'value-wrong-type'],
    [{ field: 'receivedAt', operator: '<', value: '2026-11-20T10:00:00' }, '/value', 'value-wrong-type'],
    [{ field: 'receivedAt', operator: 'between', value: ['2026-11-20', 'soon'] }, '/value/1', 'value-wrong-type'],
    [{ field: 'person.country', operator: 'matchesDomain', value: 'acme' }, '/value', 'value-wrong-type'],
    [{ field: 'person.country', operator: 'matchesDomain', value: ['acme.com'] }, '/value', 'value-wrong-type'],
    [{ field: 'score.temperature', operator: '=', value: 'tepid' }, '/value', 'value-not-an-option'],
    [{ field: 'score.temperature', operator: 'notIn', value: ['hot', 'tepid'] }, '/value/1', 'value-not-an-option'],
    [{ field: 'company.employees', operator: 'between', value: [250, 1] }, '/value', 'value-reversed'],
    [
      { field: 'receivedAt', operator: 'between', value: ['2026-11-20T12:00:00Z', '2026-11-20T13:00:00+02:00'] },
      '/value',
      'value-reversed',
    ],
  ] satisfies [ConditionLeaf, string, string][])('%j is told at %s: %s', (leaf, pointer, code) => {
    const group: Condition = { combinator: 'and', rules: [{ combinator: 'or', rules: [] }, leaf] };

    expect(validateCondition(leaf, catalogue)).toEqual([{ pointer, code, message: expect.any(String) }]);
    expect(validateCondition(group, catalogue)).toMatchObject([{ pointer: `/rules/1${pointer}`, code }]);
  });

  it('is told whole, in reading order', () => {
    const wrong: ConditionLeaf = { field: 'nowhere', operator: 'null' };
    const condition: Condition = { combinator: 'and', rules: [wrong, { combinator: 'or', rules: [wrong] }, wrong] };

    expect(validateCondition(condition, catalogue).map(({ pointer }) => pointer)).toEqual([
      '/rules/0/field',
      '/rules/1/rules/0/field',
      '/rules/2/field',
    ]);
  });
});

describe('the size of a condition', () => {
  const leaf: Condition = { field: 'person.country', operator: 'notNull' };
  const wide = (length: number, rule: Condition): Condition => ({
    combinator: 'and',
    rules: Array.from({ length }, () => rule),
  });
  const deep = (levels: number): Condition => {
    let condition: Condition = leaf;
    for (let level = 1; level < levels; level += 1) condition = { combinator: 'and', rules: [condition] };
    return condition;
  };

  it.each([
    ['as deep as allowed', deep(conditionLimits.depth), []],
    ['one level deeper', deep(conditionLimits.depth + 1), ['too-deep']],
    ['absurdly deep', deep(100_000), ['too-deep']],
    ['as many leaves as allowed', wide(conditionLimits.leaves, leaf), []],
    ['one leaf more', wide(conditionLimits.leaves + 1, leaf), ['too-large']],
    ['too many empty groups', wide(conditionLimits.nodes, { combinator: 'or', rules: [] }), ['too-large']],
  ])('%s', (_name, condition, codes) => {
    expect(validateCondition(condition, catalogue).map(({ code }) => code)).toEqual(codes);
  });
});

describe('what validation lets through', () => {
  const observed: Readonly<Record<ScalarType, unknown>> = {
    text: 'fr',
    number: 7,
    boolean: true,
    instant: '2026-11-20',
  };

  it('can be answered: a sound condition on a readable fact is never unknown', () => {
    const known = {
      person: { country: observed.text, languages: [observed.text] },
      score: { temperature: 'hot' },
      company: { employees: observed.number, sizes: [observed.number] },
      test: observed.boolean,
      receivedAt: observed.instant,
      attribution: { utm: { source: observed.text } },
    };
    const answerable = sound.filter(({ operator }) => operator !== 'matchesDomain');

    expect(answerable.filter((leaf) => evaluate(leaf, known, catalogue).value === 'unknown')).toEqual([]);
  });

  it('offers every operator to some type', () => {
    expect(new Set(Object.values(operatorsByType).flat())).toEqual(new Set(operators));
  });
});

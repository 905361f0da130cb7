import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { Condition } from './condition.js';
import { conditionSchema } from './condition.js';
import { conditionLimits } from './condition-limits.js';

const leaf = { field: 'person.country', operator: '=', value: 'FR' };

function nested(levels: number): unknown {
  let condition: unknown = leaf;
  for (let level = 1; level < levels; level += 1) condition = { combinator: 'and', rules: [condition] };
  return condition;
}

describe('a condition in JSON', () => {
  it.each<[string, Condition]>([
    ['a leaf', { field: 'person.country', operator: '=', value: 'FR' }],
    ['a leaf without a value', { field: 'person.phone', operator: 'notNull' }],
    ['a leaf with a list', { field: 'person.country', operator: 'in', value: ['FR', 'BE'] }],
    ['an empty group', { combinator: 'or', rules: [] }],
    [
      'what the query builder writes',
      {
        id: 'g1',
        combinator: 'and',
        not: false,
        rules: [
          { id: 'r1', field: 'person.phone', operator: 'null', value: null },
          { id: 'g2', combinator: 'or', not: true, rules: [{ field: 'test', operator: '=', value: true }] },
        ],
      },
    ],
  ])('is kept as it is: %s', (_name, condition) => {
    expect(conditionSchema.parse(condition)).toEqual(condition);
  });

  it.each([
    ['text', 'person.country = FR', []],
    ['null', null, []],
    ['a list', [leaf], []],
    ['an unknown operator', { ...leaf, operator: '~' }, ['operator']],
    ['an unknown key', { ...leaf, valueSource: 'field' }, []],
    ['a value that is an object', { ...leaf, value: { a: 1 } }, ['value']],
    ['no field', { operator: 'null' }, ['field']],
    ['an empty field', { ...leaf, field: '' }, ['field']],
    ['a leaf and a group at once', { ...leaf, combinator: 'and', rules: [] }, []],
    ['another combinator', { combinator: 'xor', rules: [] }, ['combinator']],
    ['rules that are no list', { combinator: 'and', rules: leaf }, ['rules']],
    [
      'a bad leaf far inside',
      { combinator: 'and', rules: [leaf, { combinator: 'or', rules: [{ ...leaf, operator: '==' }] }] },
      ['rules', 1, 'rules', 0, 'operator'],
    ],
    [
      'too long a list',
      { ...leaf, operator: 'in', value: Array.from({ length: conditionLimits.values + 1 }, () => 1) },
      ['value'],
    ],
    ['too many parts', { combinator: 'and', rules: Array.from({ length: conditionLimits.nodes }, () => leaf) }, []],
  ])('is refused, with the place: %s', (_name, input, path) => {
    const { error } = conditionSchema.safeParse(input);

    expect(error?.issues.map((issue) => issue.path)).toEqual([path]);
  });

  it('may be as deep as the limit, and no deeper, however deep a stranger goes', () => {
    expect(conditionSchema.safeParse(nested(conditionLimits.depth)).success).toBe(true);
    expect(conditionSchema.safeParse(nested(conditionLimits.depth + 1)).error?.issues).toMatchObject([
      { message: 'Nested deeper than 20 levels' },
    ]);
    expect(conditionSchema.safeParse(nested(200_000)).success).toBe(false);
  });

  it('can be described as JSON Schema, coming in and going out', () => {
    for (const io of ['input', 'output'] as const) {
      expect(JSON.stringify(z.toJSONSchema(conditionSchema, { io }))).toContain('matchesDomain');
    }
  });
});

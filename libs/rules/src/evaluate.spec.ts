import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compile } from './compile.js';
import type { Condition, ConditionGroup, ConditionLeaf } from './condition.js';
import { conditionSchema, operators } from './condition.js';
import { evaluate } from './evaluate.js';
import { explanationSchema } from './explanation.js';
import type { Facts } from './facts.js';
import type { FieldCatalogue } from './field-catalogue.js';
import type { Combinator, Truth } from './truth.js';

const fields = [
  'person.country',
  'company.employees',
  'score.fit',
  'at',
  'tags',
  'consents.purpose',
  '__proto__.x',
  'a',
];
const catalogue: FieldCatalogue = {
  'person.country': { type: 'text' },
  'company.employees': { type: 'number' },
  'score.*': { type: 'number' },
  at: { type: 'instant' },
  tags: { type: 'list' },
};

const scalars = fc.oneof(
  fc.constantFrom(
    'FR',
    'fr',
    'DE',
    '250',
    '2026-11-20',
    '2026-11-20T10:00:00Z',
    'ada@acme.com',
    'acme.com',
    '',
    'true',
  ),
  fc.integer({ min: -2, max: 3 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.string({ maxLength: 5 }),
);
const values = fc.oneof(scalars, fc.constant(null), fc.array(scalars, { maxLength: 3 }));
const leaves: fc.Arbitrary<ConditionLeaf> = fc.record(
  { field: fc.constantFrom(...fields), operator: fc.constantFrom(...operators), value: values },
  { requiredKeys: ['field', 'operator'] },
);
const conditionsOf = (leaf: fc.Arbitrary<ConditionLeaf>): fc.Arbitrary<Condition> =>
  fc.letrec<{ node: Condition; group: ConditionGroup }>((tie) => ({
    node: fc.oneof({ maxDepth: 4, depthSize: 'small' }, leaf, tie('group')),
    group: fc.record(
      {
        id: fc.string(),
        combinator: fc.constantFrom<Combinator>('and', 'or'),
        not: fc.boolean(),
        rules: fc.array(tie('node'), { maxLength: 4 }),
      },
      { requiredKeys: ['combinator', 'rules'] },
    ),
  })).node;
const conditions = conditionsOf(leaves);

const observed = fc.oneof(scalars, fc.constant(null), fc.array(fc.oneof(scalars, fc.constant(null)), { maxLength: 3 }));
const facts: fc.Arbitrary<Facts> = fc.record(
  {
    person: fc.record({ country: observed }, { requiredKeys: [] }),
    company: fc.record({ employees: observed }, { requiredKeys: [] }),
    score: fc.record({ fit: observed }, { requiredKeys: [] }),
    at: fc.oneof(observed, fc.date()),
    tags: observed,
    consents: fc.array(fc.record({ purpose: observed }, { requiredKeys: [] }), { maxLength: 3 }),
    a: observed,
  },
  { requiredKeys: [] },
);
const catalogues = fc.constantFrom<FieldCatalogue>({}, catalogue);

const group = (combinator: Combinator, rules: readonly Condition[], not = false): Condition => ({
  combinator,
  rules,
  not,
});
const negation = (condition: Condition): Condition => group('and', [condition], true);
const combinators = fc.constantFrom<Combinator>('and', 'or');

/** A leaf with the value asked for, against no facts but `a`. */
const leafThatIs: Readonly<Record<Truth, Condition>> = {
  true: { field: 'a', operator: '=', value: 1 },
  false: { field: 'a', operator: '=', value: 2 },
  unknown: { field: 'b', operator: '=', value: 1 },
};

describe('three values', () => {
  it.each<[Combinator, boolean, Truth[], Truth]>([
    ['and', false, [], 'true'],
    ['or', false, [], 'false'],
    ['and', true, [], 'false'],
    ['or', true, [], 'true'],
    ['and', false, ['true', 'true'], 'true'],
    ['and', false, ['true', 'unknown'], 'unknown'],
    ['and', false, ['unknown', 'false'], 'false'],
    ['or', false, ['false', 'false'], 'false'],
    ['or', false, ['false', 'unknown'], 'unknown'],
    ['or', false, ['unknown', 'true'], 'true'],
    ['and', true, ['unknown', 'true'], 'unknown'],
    ['or', true, ['unknown', 'true'], 'false'],
  ])('%s (not: %s) of %j is %s', (combinator, not, parts, answer) => {
    const condition = group(
      combinator,
      parts.map((part) => leafThatIs[part]),
      not,
    );

    expect(evaluate(condition, { a: 1 }).value).toBe(answer);
    expect(compile(condition)({ a: 1 })).toBe(answer);
  });

  it('always matches where there is no condition', () => {
    expect(evaluate(null, {})).toEqual({
      value: 'true',
      explanation: { kind: 'group', combinator: 'and', not: false, value: 'true', children: [] },
    });
    expect(compile(null)({})).toBe('true');
  });
});

describe('the laws of the logic', () => {
  const same = (left: Condition, right: Condition, known: Facts): void => {
    expect(evaluate(left, known).value).toBe(evaluate(right, known).value);
  };

  it('is commutative', () => {
    fc.assert(
      fc.property(combinators, conditions, conditions, facts, (combinator, a, b, known) => {
        same(group(combinator, [a, b]), group(combinator, [b, a]), known);
      }),
    );
  });

  it('is associative', () => {
    fc.assert(
      fc.property(combinators, conditions, conditions, conditions, facts, (combinator, a, b, c, known) => {
        same(
          group(combinator, [a, group(combinator, [b, c])]),
          group(combinator, [group(combinator, [a, b]), c]),
          known,
        );
      }),
    );
  });

  it('obeys De Morgan', () => {
    fc.assert(
      fc.property(conditions, conditions, facts, (a, b, known) => {
        same(group('and', [a, b], true), group('or', [negation(a), negation(b)]), known);
        same(group('or', [a, b], true), group('and', [negation(a), negation(b)]), known);
      }),
    );
  });

  it('undoes a double negation', () => {
    fc.assert(fc.property(conditions, facts, (a, known) => same(negation(negation(a)), a, known)));
  });

  it('never takes back an answer when a missing fact becomes known', () => {
    const comparisons = conditionsOf(leaves.filter(({ operator }) => operator !== 'null' && operator !== 'notNull'));
    fc.assert(
      fc.property(comparisons, facts, facts, catalogues, (condition, known, more, types) => {
        const before = evaluate(condition, known, types).value;
        const after = evaluate(condition, filledIn(known, more), types).value;

        expect(before === 'unknown' || before === after).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('makes != the opposite of =, and notIn of in, always', () => {
    const pairs = fc.constantFrom(['=', '!='] as const, ['in', 'notIn'] as const);
    fc.assert(
      fc.property(pairs, fc.constantFrom(...fields), values, facts, catalogues, (pair, field, value, known, types) => {
        const [plain, negative] = pair.map((operator) => ({ field, operator, value }));

        expect(evaluate(negative as Condition, known, types).value).toBe(
          evaluate(negation(plain as Condition), known, types).value,
        );
      }),
    );
  });
});

/** `known`, with what it lacks taken from `more`; a null in a list is lacking too. */
function filledIn(known: unknown, more: unknown): Facts {
  return filled(known, more) as Facts;
}

function filled(known: unknown, more: unknown): unknown {
  if (known === undefined || known === null || (typeof known === 'string' && known.trim() === '')) return more;
  if (Array.isArray(known))
    return known.map((item: unknown, index) => filled(item, Array.isArray(more) ? more[index] : null));
  if (typeof known !== 'object' || known instanceof Date || typeof more !== 'object' || more === null) return known;
  const names = new Set([...Object.keys(known), ...Object.keys(more)]);
  return Object.fromEntries([...names].map((name) => [name, filled((known as Facts)[name], (more as Facts)[name])]));
}

describe('evaluating', () => {
  it('answers the same compiled', () => {
    fc.assert(
      fc.property(conditions, facts, catalogues, (condition, known, types) => {
        expect(compile(condition, types)(known)).toBe(evaluate(condition, known, types).value);
      }),
      { numRuns: 1_000 },
    );
  });

  it('never throws, whatever the facts, and explains itself in plain JSON', () => {
    const paths = fc.array(fc.constantFrom('a', 'b', '0', 'length', 'constructor', '__proto__', 'toString', ''), {
      maxLength: 3,
    });
    const oddLeaves = leaves.chain((leaf) => paths.map((path) => ({ ...leaf, field: path.join('.') || 'a' })));
    const anything = fc.dictionary(
      fc.constantFrom('a', 'b', '0', 'length', 'constructor', '__proto__'),
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withSparseArray: true }),
    );
    fc.assert(
      fc.property(fc.oneof(conditions, conditionsOf(oddLeaves)), anything, catalogues, (condition, known, types) => {
        const { value, explanation } = evaluate(condition, known, types);

        expect(['true', 'false', 'unknown']).toContain(value);
        expect(explanationSchema.safeParse(JSON.parse(JSON.stringify(explanation))).success).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('answers the same after a trip through JSON', () => {
    fc.assert(
      fc.property(conditions, facts, (condition, known) => {
        const parsed = conditionSchema.parse(JSON.parse(JSON.stringify(condition)));

        expect(parsed).toEqual(JSON.parse(JSON.stringify(condition)));
        expect(evaluate(parsed, known).value).toBe(evaluate(condition, known).value);
      }),
    );
  });

  it('changes neither condition nor facts', () => {
    fc.assert(
      fc.property(conditions, facts, (condition, known) => {
        const before = inspect({ condition, known }, { depth: null });
        evaluate(condition, known);

        expect(inspect({ condition, known }, { depth: null })).toBe(before);
      }),
    );
  });

  it('explains every leaf, also those the answer no longer depends on', () => {
    const condition: Condition = {
      combinator: 'or',
      rules: [
        { id: 'r1', field: 'person.country', operator: '=', value: 'FR' },
        { combinator: 'and', not: true, rules: [{ field: 'company.employees', operator: '>=', value: 250 }] },
        { field: 'consents.purpose', operator: 'in', value: 'marketing' },
        { field: 'receivedAt', operator: 'notNull' },
        { field: 'person', operator: 'notNull' },
      ],
    };
    const known = {
      person: { country: 'fr' },
      consents: [{ purpose: 'marketing' }, {}],
      receivedAt: new Date('2026-11-20T10:00:00Z'),
    };

    expect(evaluate(condition, known)).toEqual({
      value: 'true',
      explanation: {
        kind: 'group',
        combinator: 'or',
        not: false,
        value: 'true',
        children: [
          { kind: 'leaf', field: 'person.country', operator: '=', expected: 'FR', observed: 'fr', value: 'true' },
          {
            kind: 'group',
            combinator: 'and',
            not: true,
            value: 'unknown',
            children: [
              {
                kind: 'leaf',
                field: 'company.employees',
                operator: '>=',
                expected: 250,
                observed: null,
                value: 'unknown',
              },
            ],
          },
          {
            kind: 'leaf',
            field: 'consents.purpose',
            operator: 'in',
            expected: 'marketing',
            observed: ['marketing', null],
            value: 'true',
          },
          {
            kind: 'leaf',
            field: 'receivedAt',
            operator: 'notNull',
            expected: null,
            observed: '2026-11-20T10:00:00.000Z',
            value: 'true',
          },
          { kind: 'leaf', field: 'person', operator: 'notNull', expected: null, observed: '{…}', value: 'true' },
        ],
      },
    });
  });
});

describe('looking a fact up', () => {
  const polluted: unknown = JSON.parse(
    '{"__proto__": {"x": 1}, "constructor": {"name": "y"}, "own": {}, "list": ["a"]}',
  );

  it.each(['__proto__.x', 'constructor.name', 'own.constructor', 'own.toString', 'toString', 'own.', '.own'])(
    'finds nothing at %s',
    (field) => {
      expect(evaluate({ field, operator: 'null' }, polluted as Facts).value).toBe('true');
    },
  );
});

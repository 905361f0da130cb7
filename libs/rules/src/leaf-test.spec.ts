import { describe, expect, it } from '@jest/globals';
import type { ConditionValue, Operator } from './condition.js';
import type { ScalarType } from './field-catalogue.js';
import { leafTest } from './leaf-test.js';
import type { Truth } from './truth.js';

type Row = readonly [observed: unknown, value: ConditionValue | undefined, answer: Truth, type?: ScalarType];

const missing: readonly unknown[] = [undefined, null, '', '  ', Number.NaN, new Date(Number.NaN)];
const comparing: readonly (readonly [Operator, ConditionValue])[] = [
  ['=', 'FR'],
  ['!=', 'FR'],
  ['<', 5],
  ['<=', 5],
  ['>', 5],
  ['>=', 5],
  ['in', ['FR']],
  ['notIn', ['FR']],
  ['contains', 'F'],
  ['beginsWith', 'F'],
  ['endsWith', 'R'],
  ['matchesDomain', 'acme.com'],
  ['between', [1, 5]],
];

const rows: Readonly<Record<Operator, readonly Row[]>> = {
  '=': [
    ['FR', 'fr', 'true'],
    ['DE', 'FR', 'false'],
    ['Léa', 'LE\u0301A', 'true'],
    [250, '250', 'true'],
    ['250', 250, 'true'],
    ['250.0', '250', 'true'],
    ['01000', '1000', 'false'],
    ['01000', 1000, 'true'],
    ['2B', 75, 'false'],
    ['12345678901234567', '12345678901234568', 'false'],
    [true, 'TRUE', 'true'],
    [false, true, 'false'],
    [true, 'perhaps', 'false'],
    ['2026-11-20T10:00:00Z', '2026-11-20T11:00:00+01:00', 'true'],
    ['2026-11-20T10:00:00Z', '2026-11-20T11:00:00+01:00', 'false', 'text'],
    ['250.0', '250', 'false', 'text'],
    ['some', 250, 'unknown', 'number'],
    [250, 'some', 'unknown', 'number'],
    ['007', 7, 'true', 'number'],
    ['yes', true, 'unknown', 'boolean'],
    ['true', true, 'true', 'boolean'],
    [['fr', 'en'], 'EN', 'true'],
    [['fr', 'en'], 'DE', 'false'],
    [['fr', null], 'DE', 'unknown'],
    [['fr', null], 'FR', 'true'],
    [[], 'FR', 'false'],
    [{}, 'FR', 'unknown'],
    ['FR', ['FR'], 'unknown'],
    ['FR', null, 'unknown'],
    ['FR', undefined, 'unknown'],
  ],
  '!=': [
    ['DE', 'FR', 'true'],
    ['fr', 'FR', 'false'],
    ['2B', 75, 'true'],
    [['fr', 'en'], 'EN', 'false'],
    [['fr', 'en'], 'DE', 'true'],
    [['fr', null], 'DE', 'unknown'],
    [[], 'FR', 'true'],
    ['some', 250, 'unknown', 'number'],
  ],
  '<': [
    [249, 250, 'true'],
    [250, 250, 'false'],
    ['99', '250', 'true'],
    ['10 to 50', '250', 'unknown'],
    ['10 to 50', 250, 'unknown'],
    [-1.5, '0', 'true'],
    ['B1', 'b2', 'true'],
    [[300, 200], 250, 'true'],
    ['2026-11-20', '2026-11-20T00:00:01Z', 'true'],
    ['2026-11-20T10:30:00+02:00', '2026-11-20T09:00:00Z', 'true', 'instant'],
    ['2026-11-20T10:00:00', '2026-11-20T11:00:00Z', 'unknown', 'instant'],
    [new Date('2026-11-20T10:00:00Z'), '2026-11-20T11:00:00Z', 'true', 'instant'],
    [new Date('2026-11-20T10:00:00Z'), '2026-11-20T11:00:00Z', 'true'],
    [new Date('2026-11-20T10:00:00Z'), 5, 'unknown'],
    [5, '', 'unknown'],
  ],
  '<=': [
    [250, 250, 'true'],
    [251, 250, 'false'],
    ['2026-02-30', '2026-11-20', 'unknown', 'instant'],
  ],
  '>': [
    [251, 250, 'true'],
    [250, 250, 'false'],
    [[1, 2], 2, 'false'],
  ],
  '>=': [
    [250, 250, 'true'],
    [249, 250, 'false'],
    ['1000', '250', 'true'],
    [[1, 'x'], 2, 'unknown'],
  ],
  in: [
    ['fr', ['FR', 'BE'], 'true'],
    ['de', ['FR', 'BE'], 'false'],
    ['be', 'FR, BE', 'true'],
    [75, '75,77', 'true'],
    ['2B', [75, 77], 'false'],
    [5, 5, 'true'],
    [['de', 'be'], ['FR', 'BE'], 'true'],
    ['FR', [], 'false'],
    ['FR', '', 'unknown'],
    ['be', ['FR', 'BE'], 'true', 'text'],
    [75, [75, 77], 'true', 'number'],
    [78, [75, 'seventy'], 'unknown', 'number'],
    [75, [75, 'seventy'], 'true', 'number'],
    ['many', [75, 77], 'unknown', 'number'],
    ['FR', [], 'false', 'text'],
  ],
  notIn: [
    ['de', ['FR', 'BE'], 'true'],
    ['fr', ['FR', 'BE'], 'false'],
    [['de', 'be'], ['FR', 'BE'], 'false'],
    [['de', 'it'], ['FR', 'BE'], 'true'],
    [[], ['FR'], 'true'],
    [['de', ''], ['FR'], 'unknown'],
  ],
  contains: [
    ['Head of Sales', 'SALES', 'true'],
    ['Head of Sales', 'finance', 'false'],
    [2026, '02', 'true'],
    [['pricing', 'demo'], 'dem', 'true'],
    [true, 'tru', 'unknown'],
    ['x', '', 'unknown'],
  ],
  beginsWith: [
    ['E\u0301nergie', 'én', 'true'],
    ['Énergie', 'gie', 'false'],
  ],
  endsWith: [
    ['Énergie', 'GIE', 'true'],
    ['Énergie', 'én', 'false'],
  ],
  matchesDomain: [
    ['acme.com', 'acme.com', 'true'],
    ['shop.ACME.com', 'acme.com', 'true'],
    ['notacme.com', 'acme.com', 'false'],
    ['acme.com.evil.org', 'acme.com', 'false'],
    ['https://www.acme.com:8443/a?b=c@evil.org', 'acme.com', 'true'],
    ['https://acme.com@evil.org/', 'acme.com', 'false'],
    ['https://evil.org/acme.com', 'acme.com', 'false'],
    ['//acme.com/x', 'acme.com', 'true'],
    ['acme.com.', 'acme.com', 'true'],
    ['ada@mail.acme.com', '*.acme.com', 'true'],
    ['mailto:ada@acme.com', '@acme.com', 'true'],
    ['bücher.example', 'xn--bcher-kva.example', 'true'],
    ['www.xn--bcher-kva.example', 'BÜCHER.example', 'true'],
    ['acme.com', 'shop.acme.com', 'false'],
    [['ada@gmail.com', 'ada@acme.com'], 'acme.com', 'true'],
    ['not a domain', 'acme.com', 'unknown'],
    ['localhost', 'acme.com', 'unknown'],
    [5, 'acme.com', 'unknown'],
    ['acme.com', 'acme', 'unknown'],
  ],
  between: [
    [1, [1, 5], 'true'],
    [5, [1, 5], 'true'],
    [6, [1, 5], 'false'],
    ['3', '1, 5', 'true'],
    [3, [5, 1], 'false'],
    [3, [1], 'unknown'],
    ['2026-11-20T12:00:00+01:00', ['2026-11-20T11:00:00Z', '2026-11-21'], 'true', 'instant'],
    [[0, 9], [1, 5], 'false'],
    [[0, 3], [1, 5], 'true'],
  ],
  null: [
    [[], undefined, 'false'],
    ['x', undefined, 'false'],
    [0, undefined, 'false'],
    [false, undefined, 'false'],
    [{}, undefined, 'false'],
  ],
  notNull: [
    [[], undefined, 'true'],
    ['x', undefined, 'true'],
    [0, undefined, 'true'],
  ],
};

describe.each(Object.entries(rows))('%s', (operator, cases) => {
  // Objects, not rows: Jest takes a parameter a shorter row leaves out for its `done` callback.
  it.each(cases.map(([observed, value, answer, type]) => ({ observed, value, answer, type })))(
    'of $observed and $value is $answer (type: $type)',
    ({ observed, value, answer, type }) => {
      const leaf = { field: 'f', operator: operator as Operator, ...(value === undefined ? {} : { value }) };

      expect(leafTest(leaf, type)(observed)).toBe(answer);
    },
  );
});

describe('what is missing', () => {
  it.each(comparing)('leaves %s unknown', (operator, value) => {
    const test = leafTest({ field: 'f', operator, value }, undefined);

    expect(missing.map((observed) => test(observed))).toEqual(missing.map(() => 'unknown'));
  });

  it('is what null and notNull ask about', () => {
    const isNull = leafTest({ field: 'f', operator: 'null' }, undefined);
    const isNotNull = leafTest({ field: 'f', operator: 'notNull' }, undefined);

    expect(missing.map((observed) => isNull(observed))).toEqual(missing.map(() => 'true'));
    expect(missing.map((observed) => isNotNull(observed))).toEqual(missing.map(() => 'false'));
  });
});

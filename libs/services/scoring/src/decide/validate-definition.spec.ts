import { describe, expect, it } from '@jest/globals';
import { scoringDefinitionSchema } from '@relance/api';
import type { ScoringDefinition } from '@relance/api';
import { definitionHash } from './definition-hash.js';
import { starterDefinition } from './starter-definition.js';
import { validateDefinition } from './validate-definition.js';

function changed(change: (definition: ScoringDefinition) => void): ScoringDefinition {
  const copy = structuredClone(starterDefinition);
  change(copy);
  return copy;
}

describe('a definition that is saved', () => {
  it('has nothing against the starter definition', () => {
    expect(scoringDefinitionSchema.parse(starterDefinition)).toEqual(starterDefinition);
    expect(validateDefinition(starterDefinition)).toEqual([]);
  });

  it.each<[string, (definition: ScoringDefinition) => void, string, string]>([
    [
      'a fact that does not exist',
      ({ fit }) => (fit[2]!.when = { combinator: 'and', rules: [{ field: 'company.staff', operator: '>', value: 3 }] }),
      '/fit/2/when/rules/0/field',
      'unknown-field',
    ],
    [
      'a value of the wrong type',
      ({ fit }) => (fit[2]!.when = { field: 'company.employees', operator: '>', value: 'many' }),
      '/fit/2/when/value',
      'value-wrong-type',
    ],
    [
      'a comparison an engagement does not have',
      ({ engagement }) => (engagement[0]!.when = { field: 'person.email', operator: 'notNull' }),
      '/engagement/0/when/field',
      'unknown-field',
    ],
    [
      'a value that is no option',
      ({ direct }) => (direct[0]!.when = { field: 'person.emailKind', operator: '=', value: 'private' }),
      '/direct/0/when/value',
      'value-not-an-option',
    ],
    [
      'a disqualification by nothing',
      ({ disqualify }) => (disqualify[1]!.when = { field: 'person.country', operator: 'in', value: [] }),
      '/disqualify/1/when/value',
      'value-missing',
    ],
    [
      'a required fact that does not exist',
      ({ required }) => required[1]!.anyOf.push('person.fax'),
      '/required/1/anyOf/2',
      'unknown-field',
    ],
    ['two rules of one name', ({ fit }) => (fit[3]!.key = fit[0]!.key), '/fit/3/key', 'repeated-key'],
    [
      'a cap below one engagement',
      ({ engagement }) => (engagement[1]!.cap = 5),
      '/engagement/1/cap',
      'cap-below-points',
    ],
    [
      'a fit nobody can have',
      (definition) => (definition.fit = definition.fit.filter(({ points }) => points < 11)),
      '/thresholds/fit',
      'unreachable-threshold',
    ],
    [
      'an engagement nobody can have',
      (definition) => (definition.engagement = definition.engagement.slice(0, 1)),
      '/thresholds/engagement',
      'unreachable-threshold',
    ],
    [
      'grades in the wrong order',
      ({ thresholds }) => (thresholds.grid.fit.B = 60),
      '/thresholds/grid/fit/B',
      'thresholds-out-of-order',
    ],
    [
      'a grade hot and warm',
      ({ thresholds }) => thresholds.temperature.warm.push('A1'),
      '/thresholds/temperature/warm/3',
      'grade-twice',
    ],
  ])('refuses %s', (_name, change, pointer, code) => {
    expect(validateDefinition(changed(change))).toContainEqual(expect.objectContaining({ pointer, code }));
  });

  it.each<[string, unknown]>([
    ['an unknown part', { ...starterDefinition, bonus: [] }],
    [
      'a rule that does not say what unknown means',
      { ...starterDefinition, fit: [{ key: 'x', when: starterDefinition.fit[0]?.when, points: 1 }] },
    ],
    [
      'a half-life of nothing',
      { ...starterDefinition, engagement: [{ ...starterDefinition.engagement[0], halfLifeDays: 0 }] },
    ],
    [
      'points that engagement takes away',
      { ...starterDefinition, engagement: [{ ...starterDefinition.engagement[0], points: -5 }] },
    ],
    [
      'a grade that is none',
      { ...starterDefinition, thresholds: { ...starterDefinition.thresholds, temperature: { hot: ['D1'], warm: [] } } },
    ],
  ])('does not even read %s', (_name, document) => {
    expect(scoringDefinitionSchema.safeParse(document).success).toBe(false);
  });
});

it('has the same hash in whatever order its keys were written, and another for another content', () => {
  const { thresholds, ...rest } = starterDefinition;

  expect(definitionHash({ thresholds, ...rest })).toBe(definitionHash(starterDefinition));
  expect(definitionHash({ ...starterDefinition, name: 'Other' })).not.toBe(definitionHash(starterDefinition));
});

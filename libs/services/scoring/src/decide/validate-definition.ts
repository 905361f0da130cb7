import type { ScoringDefinition } from '@relance/api';
import { validateCondition } from '@relance/rules';
import type { Condition, FieldCatalogue } from '@relance/rules';
import { engagementFields, factFields } from './score-fields.js';

/** One thing that is wrong with a definition. */
export interface DefinitionProblem {
  /** RFC 6901, from the definition's root: `/fit/2/when/rules/0/value`. */
  readonly pointer: string;
  /** Never changes once shipped. */
  readonly code: string;
  readonly message: string;
}

/**
 * Finds what would make a well-formed definition meaningless: facts that do not exist, values that cannot be compared,
 * keys used twice, thresholds that no lead can reach. An empty answer means that it may be saved.
 */
export function validateDefinition(definition: ScoringDefinition): readonly DefinitionProblem[] {
  return [
    ...repeatedKeys(definition),
    ...definition.required.flatMap(({ anyOf }, index) => unknownPaths(anyOf, `/required/${index}/anyOf`)),
    ...conditionProblems(definition.fit, '/fit', factFields),
    ...conditionProblems(definition.engagement, '/engagement', engagementFields),
    ...definition.engagement.flatMap(unreachableRule),
    ...conditionProblems(definition.direct, '/direct', factFields),
    ...conditionProblems(definition.disqualify, '/disqualify', factFields),
    ...unreachableThresholds(definition),
    ...gradeProblems(definition),
  ];
}

function repeatedKeys(definition: ScoringDefinition): DefinitionProblem[] {
  return (['required', 'fit', 'engagement', 'direct', 'disqualify'] as const).flatMap((part) => {
    const seen = new Set<string>();
    return definition[part].flatMap(({ key }, index) => {
      const isRepeated = seen.has(key);
      seen.add(key);
      const message = `Another rule of ${part} is called ${key}`;
      return isRepeated ? [{ pointer: `/${part}/${index}/key`, code: 'repeated-key', message }] : [];
    });
  });
}

function unknownPaths(paths: readonly string[], pointer: string): DefinitionProblem[] {
  return paths.flatMap((path, index) =>
    validateCondition({ field: path, operator: 'notNull' }, factFields).map(({ code, message }) => ({
      pointer: `${pointer}/${index}`,
      code,
      message,
    })),
  );
}

function conditionProblems(
  rules: readonly { readonly when?: Condition | null }[],
  pointer: string,
  fields: FieldCatalogue,
): DefinitionProblem[] {
  return rules.flatMap(({ when }, index) =>
    when === undefined || when === null
      ? []
      : validateCondition(when, fields).map((problem) => ({
          ...problem,
          pointer: `${pointer}/${index}/when${problem.pointer}`,
        })),
  );
}

function unreachableRule(rule: ScoringDefinition['engagement'][number], index: number): DefinitionProblem[] {
  if (rule.points <= rule.cap) return [];
  const message = `One engagement is worth ${rule.points}, more than the rule may give`;
  return [{ pointer: `/engagement/${index}/cap`, code: 'cap-below-points', message }];
}

/** The most a lead can have; what excludes each other is not looked at. */
function unreachableThresholds({ fit, engagement, thresholds }: ScoringDefinition): DefinitionProblem[] {
  const mostFit = Math.min(
    100,
    fit.reduce((most, { points }) => most + Math.max(0, points), 0),
  );
  const mostEngagement = Math.min(
    100,
    engagement.reduce((most, { cap }) => most + cap, 0),
  );
  const { grid } = thresholds;
  return [
    ...unreachable('/thresholds/fit', thresholds.fit, mostFit),
    ...unreachable('/thresholds/engagement', thresholds.engagement, mostEngagement),
    ...unreachable('/thresholds/grid/fit/A', grid.fit.A, mostFit),
    ...unreachable('/thresholds/grid/engagement/1', grid.engagement[1], mostEngagement),
    ...disordered('/thresholds/grid/fit/B', grid.fit.B, grid.fit.A),
    ...disordered('/thresholds/grid/engagement/2', grid.engagement[2], grid.engagement[1]),
  ];
}

function unreachable(pointer: string, threshold: number, most: number): DefinitionProblem[] {
  const message = `The rules together give at most ${most}`;
  return threshold > most ? [{ pointer, code: 'unreachable-threshold', message }] : [];
}

function disordered(pointer: string, lower: number, upper: number): DefinitionProblem[] {
  const message = `Must lie below ${upper}, from which the better grade begins`;
  return lower >= upper ? [{ pointer, code: 'thresholds-out-of-order', message }] : [];
}

function gradeProblems({ thresholds: { temperature } }: ScoringDefinition): DefinitionProblem[] {
  return temperature.warm.flatMap((grade, index) =>
    temperature.hot.includes(grade)
      ? [{ pointer: `/thresholds/temperature/warm/${index}`, code: 'grade-twice', message: `${grade} is hot already` }]
      : [],
  );
}

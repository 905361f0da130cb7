import type { Condition, ConditionLeaf, ConditionValue, Operator, ScalarValue } from './condition.js';
import { isGroup } from './condition.js';
import { conditionLimits } from './condition-limits.js';
import type { FieldCatalogue, FieldDefinition, ScalarType } from './field-catalogue.js';
import { fieldDefinition, scalarTypeOf } from './field-catalogue.js';
import { domainOf, scalarOf, valuesOf } from './leaf-test.js';
import { foldText, readBoolean, readInstant, readNumber, readText } from './readings.js';

/** The codes never change; the console translates them. */
export type ConditionProblemCode =
  | 'too-deep'
  | 'too-large'
  | 'unknown-field'
  | 'operator-not-for-type'
  | 'value-missing'
  | 'value-wrong-type'
  | 'value-not-an-option'
  | 'value-reversed';

export interface ConditionProblem {
  /** RFC 6901, from the condition's root: `/rules/0/value`; the root itself is the empty text. */
  readonly pointer: string;
  readonly code: ConditionProblemCode;
  readonly message: string;
}

/** The operators that make sense for a type; those of a list are those of its items. */
export const operatorsByType: Readonly<Record<ScalarType, readonly Operator[]>> = {
  text: ['=', '!=', 'in', 'notIn', 'contains', 'beginsWith', 'endsWith', 'matchesDomain', 'null', 'notNull'],
  number: ['=', '!=', '<', '<=', '>', '>=', 'between', 'in', 'notIn', 'null', 'notNull'],
  boolean: ['=', '!=', 'null', 'notNull'],
  instant: ['=', '!=', '<', '<=', '>', '>=', 'between', 'null', 'notNull'],
};

/**
 * Finds what would make a well-formed condition meaningless: fields nobody fills, operators their type does not have,
 * values that cannot be compared. An empty answer means that it may be saved.
 *
 * A condition too deep or too large is told as such and looked at no further.
 */
export function validateCondition(condition: Condition, catalogue: FieldCatalogue): readonly ConditionProblem[] {
  const problems: ConditionProblem[] = [];
  const waiting: Place[] = [{ condition, pointer: '', depth: 1 }];
  let nodes = 0;
  let leaves = 0;

  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    const { condition: node, pointer, depth } = place;
    nodes += 1;
    if (depth > conditionLimits.depth) {
      return [{ pointer, code: 'too-deep', message: `Nested deeper than ${conditionLimits.depth} levels` }];
    }
    if (isGroup(node)) {
      if (nodes + waiting.length + node.rules.length > conditionLimits.nodes) {
        return [{ pointer, code: 'too-large', message: `More than ${conditionLimits.nodes} groups and leaves` }];
      }
      waiting.push(...placesOf(node.rules, pointer, depth + 1));
      continue;
    }
    leaves += 1;
    if (leaves > conditionLimits.leaves) {
      return [{ pointer: '', code: 'too-large', message: `More than ${conditionLimits.leaves} comparisons` }];
    }
    problems.push(...leafProblems(node, pointer, catalogue));
  }
  return problems;
}

interface Place {
  readonly condition: Condition;
  readonly pointer: string;
  readonly depth: number;
}

/** Last first: the stack then hands them out in reading order. */
function placesOf(rules: readonly Condition[], pointer: string, depth: number): Place[] {
  return rules.map((condition, index) => ({ condition, pointer: `${pointer}/rules/${index}`, depth })).reverse();
}

function leafProblems(leaf: ConditionLeaf, pointer: string, catalogue: FieldCatalogue): readonly ConditionProblem[] {
  const definition = fieldDefinition(catalogue, leaf.field);
  if (definition === undefined) {
    return [{ pointer: `${pointer}/field`, code: 'unknown-field', message: `There is no field ${leaf.field}` }];
  }
  if (!operatorsByType[scalarTypeOf(definition)].includes(leaf.operator)) {
    const message = `${leaf.operator} does not apply to ${leaf.field}, which is ${described(definition)}`;
    return [{ pointer: `${pointer}/operator`, code: 'operator-not-for-type', message }];
  }
  return valueProblems(leaf, `${pointer}/value`, definition);
}

function described({ type, items }: FieldDefinition): string {
  return type === 'list' ? `a list of ${items ?? 'text'}` : type;
}

function valueProblems(leaf: ConditionLeaf, pointer: string, definition: FieldDefinition): readonly ConditionProblem[] {
  switch (leaf.operator) {
    case 'null':
    case 'notNull':
      return [];
    case 'in':
    case 'notIn':
      return listProblems(leaf.value, pointer, definition);
    case 'between':
      return betweenProblems(leaf.value, pointer, definition);
    case 'matchesDomain':
      return domainProblems(leaf.value, pointer);
    case 'contains':
    case 'beginsWith':
    case 'endsWith':
      // A part of an option need not be an option.
      return scalarProblems(leaf.value, pointer, { type: scalarTypeOf(definition) });
    case '=':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return scalarProblems(leaf.value, pointer, definition);
  }
}

function scalarProblems(
  value: ConditionValue | undefined,
  pointer: string,
  definition: FieldDefinition,
): readonly ConditionProblem[] {
  if (typeof value === 'object' && value !== null) {
    return [{ pointer, code: 'value-wrong-type', message: 'One value is expected, not a list' }];
  }
  const scalar = scalarOf(value);
  if (scalar === undefined) return [{ pointer, code: 'value-missing', message: 'A value is expected' }];

  const type = scalarTypeOf(definition);
  if (!isReadable(scalar, type)) {
    return [{ pointer, code: 'value-wrong-type', message: `${expectations[type]} is expected` }];
  }
  if (definition.options !== undefined && !isOption(scalar, definition.options)) {
    return [{ pointer, code: 'value-not-an-option', message: `Expected one of ${definition.options.join(', ')}` }];
  }
  return [];
}

const expectations: Readonly<Record<ScalarType, string>> = {
  text: 'Text',
  number: 'A number',
  boolean: 'true or false',
  instant: 'A date, or an instant with its zone,',
};

function isReadable(value: ScalarValue, type: ScalarType): boolean {
  switch (type) {
    case 'text':
      return readText(value) !== undefined;
    case 'number':
      return readNumber(value) !== undefined;
    case 'boolean':
      return readBoolean(value) !== undefined;
    case 'instant':
      return readInstant(value) !== undefined;
  }
}

function isOption(value: ScalarValue, options: readonly string[]): boolean {
  return options.some((option) => foldText(option) === readText(value));
}

function listProblems(
  value: ConditionValue | undefined,
  pointer: string,
  definition: FieldDefinition,
): readonly ConditionProblem[] {
  const values = valuesOf(value);
  if (values === undefined || values.length === 0) {
    return [{ pointer, code: 'value-missing', message: 'At least one value is expected' }];
  }
  const pointerOf = (index: number): string => (Array.isArray(value) ? `${pointer}/${index}` : pointer);
  return values.flatMap((item, index) => scalarProblems(item, pointerOf(index), definition));
}

function betweenProblems(
  value: ConditionValue | undefined,
  pointer: string,
  definition: FieldDefinition,
): readonly ConditionProblem[] {
  const values = valuesOf(value) ?? [];
  const [from, to] = values;
  if (values.length !== 2 || from === undefined || to === undefined) {
    return [{ pointer, code: 'value-missing', message: 'Two values are expected: from and to, both included' }];
  }
  const problems = listProblems(value, pointer, definition);
  if (problems.length > 0) return problems;

  const read = scalarTypeOf(definition) === 'instant' ? readInstant : readNumber;
  return (read(from) ?? 0) > (read(to) ?? 0)
    ? [{ pointer, code: 'value-reversed', message: 'The first value is above the second: nothing lies between' }]
    : [];
}

function domainProblems(value: ConditionValue | undefined, pointer: string): readonly ConditionProblem[] {
  const scalar = typeof value === 'string' ? scalarOf(value) : value;
  if (scalar === undefined || scalar === null) {
    return [{ pointer, code: 'value-missing', message: 'A domain is expected' }];
  }
  return typeof scalar === 'string' && domainOf(scalar) !== undefined
    ? []
    : [{ pointer, code: 'value-wrong-type', message: 'A domain such as acme.com is expected' }];
}

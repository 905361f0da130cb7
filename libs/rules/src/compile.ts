import type { Condition, ConditionLeaf } from './condition.js';
import { isGroup } from './condition.js';
import type { Facts } from './facts.js';
import { lookUp, pathSegments } from './facts.js';
import type { FieldCatalogue, ScalarType } from './field-catalogue.js';
import { fieldDefinition, scalarTypeOf } from './field-catalogue.js';
import { leafTest } from './leaf-test.js';
import type { Truth } from './truth.js';
import { decisiveFor, not } from './truth.js';

export type CompiledCondition = (facts: Facts) => Truth;

/**
 * Prepares a condition for hot paths: the answers of `evaluate`, stopping at what decides, without the explanation.
 *
 * Keep what it returns for as long as the condition's version lives; compiling costs more than answering.
 *
 * @param condition `null` always matches
 * @param catalogue says which fields are text, numbers, instants…; without it, types are read off the values
 */
export function compile(condition: Condition | null, catalogue: FieldCatalogue = {}): CompiledCondition {
  return condition === null ? () => 'true' : compileNode(condition, catalogue);
}

function compileNode(condition: Condition, catalogue: FieldCatalogue): CompiledCondition {
  if (!isGroup(condition)) {
    const segments = pathSegments(condition.field);
    const test = leafTest(condition, typeOf(condition, catalogue));
    return (facts) => test(lookUp(facts, segments));
  }
  const children = condition.rules.map((child) => compileNode(child, catalogue));
  const decisive = decisiveFor(condition.combinator);
  const decided = condition.not === true ? not(decisive) : decisive;
  const undecided = not(decided);

  return (facts) => {
    let isAnyUnknown = false;
    for (const child of children) {
      const value = child(facts);
      if (value === decisive) return decided;
      if (value === 'unknown') isAnyUnknown = true;
    }
    return isAnyUnknown ? 'unknown' : undecided;
  };
}

/** The type a leaf's values are read as; `undefined` when the catalogue does not name its field. */
export function typeOf(leaf: ConditionLeaf, catalogue: FieldCatalogue): ScalarType | undefined {
  const definition = fieldDefinition(catalogue, leaf.field);
  return definition === undefined ? undefined : scalarTypeOf(definition);
}

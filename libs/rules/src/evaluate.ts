import { typeOf } from './compile.js';
import type { Condition, ConditionLeaf, ScalarValue } from './condition.js';
import { isGroup } from './condition.js';
import type { Explanation, LeafExplanation } from './explanation.js';
import type { Facts } from './facts.js';
import { isMissing, lookUp, pathSegments } from './facts.js';
import type { FieldCatalogue } from './field-catalogue.js';
import { leafTest } from './leaf-test.js';
import type { Truth } from './truth.js';
import { combine, not } from './truth.js';

export interface Evaluation {
  readonly value: Truth;
  readonly explanation: Explanation;
}

/**
 * Answers a condition and says why: every leaf is looked at, also those the answer no longer depends on.
 *
 * Missing facts are `unknown`, except for `null` and `notNull`. Never throws on plain data.
 *
 * @param condition `null` always matches; it is explained as an empty `and`
 * @param catalogue says which fields are text, numbers, instants…; without it, types are read off the values
 */
export function evaluate(condition: Condition | null, facts: Facts, catalogue: FieldCatalogue = {}): Evaluation {
  const explanation = explain(condition ?? { combinator: 'and', rules: [] }, facts, catalogue);
  return { value: explanation.value, explanation };
}

function explain(condition: Condition, facts: Facts, catalogue: FieldCatalogue): Explanation {
  if (!isGroup(condition)) return explainLeaf(condition, facts, catalogue);
  const children = condition.rules.map((child) => explain(child, facts, catalogue));
  const combined = combine(
    condition.combinator,
    children.map((child) => child.value),
  );
  const isNegated = condition.not === true;
  return {
    kind: 'group',
    combinator: condition.combinator,
    not: isNegated,
    value: isNegated ? not(combined) : combined,
    children,
  };
}

function explainLeaf(leaf: ConditionLeaf, facts: Facts, catalogue: FieldCatalogue): LeafExplanation {
  const found = lookUp(facts, pathSegments(leaf.field));
  return {
    kind: 'leaf',
    field: leaf.field,
    operator: leaf.operator,
    expected: leaf.value ?? null,
    observed: Array.isArray(found) ? found.map(observedScalar) : observedScalar(found),
    value: leafTest(leaf, typeOf(leaf, catalogue))(found),
  };
}

function observedScalar(found: unknown): ScalarValue | null {
  if (isMissing(found)) return null;
  if (typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean') return found;
  return found instanceof Date ? found.toISOString() : '{…}';
}

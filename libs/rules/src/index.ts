export { compile, type CompiledCondition } from './compile.js';
export {
  conditionSchema,
  isGroup,
  operators,
  type Condition,
  type ConditionGroup,
  type ConditionLeaf,
  type ConditionValue,
  type Operator,
  type ScalarValue,
} from './condition.js';
export { conditionLimits } from './condition-limits.js';
export { evaluate, type Evaluation } from './evaluate.js';
export {
  explanationSchema,
  type Explanation,
  type GroupExplanation,
  type LeafExplanation,
  type Observed,
} from './explanation.js';
export type { Facts } from './facts.js';
export type { FieldCatalogue, FieldDefinition, ScalarType } from './field-catalogue.js';
export { toSentence } from './to-sentence.js';
export type { Combinator, Truth } from './truth.js';
export {
  operatorsByType,
  validateCondition,
  type ConditionProblem,
  type ConditionProblemCode,
} from './validate-condition.js';

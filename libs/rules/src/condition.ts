import { z } from 'zod';
import { conditionLimits } from './condition-limits.js';
import type { Combinator } from './truth.js';

export const operators = [
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'in',
  'notIn',
  'contains',
  'beginsWith',
  'endsWith',
  'matchesDomain',
  'between',
  'null',
  'notNull',
] as const;

export type Operator = (typeof operators)[number];

export type ScalarValue = string | number | boolean;

/** What a condition compares with. `in`, `notIn` and `between` take a list or comma-separated text. */
export type ConditionValue = ScalarValue | null | readonly ScalarValue[];

export interface ConditionLeaf {
  /** The query builder's own key; kept, never read. */
  readonly id?: string;
  /** Dotted path into the facts: `person.country`. */
  readonly field: string;
  readonly operator: Operator;
  readonly value?: ConditionValue;
}

export interface ConditionGroup {
  readonly id?: string;
  readonly combinator: Combinator;
  readonly not?: boolean;
  readonly rules: readonly Condition[];
}

export type Condition = ConditionGroup | ConditionLeaf;

const scalarSchema = z.union([z.string().max(conditionLimits.textLength), z.number(), z.boolean()]);

const leafSchema = z.strictObject({
  id: z.string().exactOptional(),
  field: z.string().min(1).max(conditionLimits.fieldLength),
  operator: z.enum(operators),
  value: z.union([scalarSchema, z.null(), z.array(scalarSchema).max(conditionLimits.values)]).exactOptional(),
});

const groupShape = {
  id: z.string().exactOptional(),
  combinator: z.enum(['and', 'or']),
  not: z.boolean().exactOptional(),
};

const shallowGroupSchema = z.strictObject({ ...groupShape, rules: z.array(z.unknown()) });

const treeSchema: z.ZodType<Condition> = z.lazy(() =>
  z.union([z.strictObject({ ...groupShape, rules: z.array(treeSchema) }), leafSchema]),
);

/**
 * A condition as it is written in JSON: the query builder's own tree.
 *
 * The tree is first walked without recursion, so that a hostile depth is an issue and not a stack overflow, and so
 * that each issue carries the path of the node at fault instead of "no variant of the union matched".
 */
export const conditionSchema = z.preprocess((input, context) => {
  for (const issue of structureIssues(input)) context.addIssue({ code: 'custom', ...issue });
  return input;
}, treeSchema);

interface StructureIssue {
  readonly path: PropertyKey[];
  readonly message: string;
}

function structureIssues(root: unknown): StructureIssue[] {
  const issues: StructureIssue[] = [];
  const waiting: { readonly node: unknown; readonly path: PropertyKey[] }[] = [{ node: root, path: [] }];
  let seen = 0;

  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, path } = next;
    seen += 1;
    // Two path segments a level: "rules" and the index.
    if (path.length / 2 >= conditionLimits.depth) {
      return [{ path, message: `Nested deeper than ${conditionLimits.depth} levels` }];
    }
    const parsed = (isGroupLike(node) ? shallowGroupSchema : leafSchema).safeParse(node);
    if (!parsed.success) {
      issues.push(...parsed.error.issues.map((issue) => ({ path: [...path, ...issue.path], message: issue.message })));
      continue;
    }
    if (!('rules' in parsed.data)) continue;
    if (seen + waiting.length + parsed.data.rules.length > conditionLimits.nodes) {
      return [{ path, message: `More than ${conditionLimits.nodes} groups and leaves` }];
    }
    parsed.data.rules.forEach((child, index) => waiting.push({ node: child, path: [...path, 'rules', index] }));
  }
  return issues;
}

function isGroupLike(node: unknown): boolean {
  return typeof node === 'object' && node !== null && ('rules' in node || 'combinator' in node);
}

export function isGroup(condition: Condition): condition is ConditionGroup {
  return 'rules' in condition;
}

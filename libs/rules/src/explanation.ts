import { z } from 'zod';
import type { Combinator, Truth } from './truth.js';
import type { ConditionValue, Operator, ScalarValue } from './condition.js';
import { operators } from './condition.js';

/**
 * What a leaf found: null for nothing, ISO text for a date, `{…}` for a whole object, which no operator reads.
 *
 * Holds what people gave us, contact details included: store it, show it, never log it.
 */
export type Observed = ScalarValue | null | readonly (ScalarValue | null)[];

export interface LeafExplanation {
  readonly kind: 'leaf';
  readonly field: string;
  readonly operator: Operator;
  readonly expected: ConditionValue;
  readonly observed: Observed;
  readonly value: Truth;
}

export interface GroupExplanation {
  readonly kind: 'group';
  readonly combinator: Combinator;
  readonly not: boolean;
  /** After `not`. */
  readonly value: Truth;
  readonly children: readonly Explanation[];
}

/** Why a condition has its value: the condition's own tree, each node with what it found. Plain JSON. */
export type Explanation = GroupExplanation | LeafExplanation;

const truthSchema = z.enum(['true', 'false', 'unknown']);
const scalarSchema = z.union([z.string(), z.number(), z.boolean()]);

export const explanationSchema: z.ZodType<Explanation> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('leaf'),
      field: z.string(),
      operator: z.enum(operators),
      expected: z.union([scalarSchema, z.null(), z.array(scalarSchema)]),
      observed: z.union([scalarSchema, z.null(), z.array(scalarSchema.nullable())]),
      value: truthSchema,
    }),
    z.object({
      kind: z.literal('group'),
      combinator: z.enum(['and', 'or']),
      not: z.boolean(),
      value: truthSchema,
      children: z.array(explanationSchema),
    }),
  ]),
);

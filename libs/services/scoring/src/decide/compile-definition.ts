import type { ScoringDefinition } from '@relance/api';
import { compile } from '@relance/rules';
import type { CompiledCondition, Facts } from '@relance/rules';
import type { Engagement } from './engagement.js';
import { engagementFields, factFields } from './score-fields.js';

type Item<Part extends 'required' | 'fit' | 'engagement' | 'direct' | 'disqualify'> = ScoringDefinition[Part][number];

interface Tested<Rule> {
  readonly rule: Rule;
  readonly test: CompiledCondition;
}

/** A definition prepared for scoring many leads. Keep it as long as its version lives. */
export interface CompiledDefinition<Version extends number | null = number | null> {
  /** Null for one that is only tried out. */
  readonly version: Version;
  readonly document: ScoringDefinition;
  readonly required: readonly { readonly fact: Item<'required'>; readonly isKnown: (facts: Facts) => boolean }[];
  readonly fit: readonly Tested<Item<'fit'>>[];
  readonly engagement: readonly {
    readonly rule: Item<'engagement'>;
    readonly counts: (engagement: Engagement) => boolean;
  }[];
  readonly direct: readonly Tested<Item<'direct'>>[];
  readonly disqualify: readonly Tested<Item<'disqualify'>>[];
}

/** Prepares a definition that {@link validateDefinition} has nothing against. */
export function compileDefinition<Version extends number | null>(
  version: Version,
  document: ScoringDefinition,
): CompiledDefinition<Version> {
  return {
    version,
    document,
    required: document.required.map((fact) => ({ fact, isKnown: anyKnown(fact.anyOf) })),
    fit: document.fit.map(tested),
    engagement: document.engagement.map((rule) => ({ rule, counts: counting(rule) })),
    direct: document.direct.map(tested),
    disqualify: document.disqualify.map(tested),
  };
}

function tested<Rule extends Item<'fit'> | Item<'direct'> | Item<'disqualify'>>(rule: Rule): Tested<Rule> {
  return { rule, test: compile(rule.when, factFields) };
}

function anyKnown(paths: readonly string[]): (facts: Facts) => boolean {
  const isKnown = compile(
    { combinator: 'or', rules: paths.map((field) => ({ field, operator: 'notNull' as const })) },
    factFields,
  );
  return (facts) => isKnown(facts) === 'true';
}

function counting({ kind, when }: Item<'engagement'>): (engagement: Engagement) => boolean {
  const isOfKind = kind.endsWith('.*')
    ? (given: string) => given.startsWith(kind.slice(0, -1))
    : (given: string) => given === kind;
  if (when === undefined || when === null) return (engagement) => isOfKind(engagement.kind);
  const test = compile(when, engagementFields);
  return (engagement) => isOfKind(engagement.kind) && test({ ...engagement }) === 'true';
}

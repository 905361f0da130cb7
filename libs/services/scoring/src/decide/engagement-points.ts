import type { ScoringDefinition } from '@relance/api';
import type { CompiledDefinition } from './compile-definition.js';
import type { Engagement } from './engagement.js';

const dayMs = 86_400_000;
const cap = 100;

interface Mark {
  readonly atMs: number;
  readonly halfLifeMs: number;
}

/** The engagements that count for one rule, oldest first. */
export interface RuleMarks {
  readonly rule: ScoringDefinition['engagement'][number];
  readonly marks: readonly Mark[];
}

/** Sorts engagements under the rules they count for. The order in which they are given does not matter. */
export function marksOf(definition: CompiledDefinition, engagements: readonly Engagement[]): readonly RuleMarks[] {
  if (engagements.length === 0) return [];
  return definition.engagement
    .map(({ rule, counts }) => ({
      rule,
      marks: engagements
        .filter(counts)
        .map((engagement) => ({
          atMs: engagement.at.getTime(),
          halfLifeMs: (engagement.halfLifeDays ?? rule.halfLifeDays) * dayMs,
        }))
        .sort((one, other) => one.atMs - other.atMs || one.halfLifeMs - other.halfLifeMs),
    }))
    .filter(({ marks }) => marks.length > 0);
}

/**
 * What a rule gives at an instant: each engagement its points, halved every half-life, none beyond the window; nothing
 * at all below `atLeast` engagements; the rule's cap at most. One dated later than the instant counts as of the instant.
 *
 * Never rises as time passes.
 */
export function rulePointsAt({ rule, marks }: RuleMarks, atMs: number): number {
  const windowMs = rule.windowDays === undefined ? Infinity : rule.windowDays * dayMs;
  let points = 0;
  let counted = 0;
  for (const mark of marks) {
    const ageMs = Math.max(0, atMs - mark.atMs);
    if (ageMs > windowMs) continue;
    counted += 1;
    points += rule.points * 2 ** (-ageMs / mark.halfLifeMs);
  }
  return counted < (rule.atLeast ?? 1) ? 0 : Math.min(rule.cap, points);
}

/** All rules together at an instant, 0 to 100, to a tenth: decided on is what is shown. Never rises as time passes. */
export function engagementPointsAt(marks: readonly RuleMarks[], atMs: number): number {
  let points = 0;
  for (const ofRule of marks) points += rulePointsAt(ofRule, atMs);
  return toTenth(Math.min(cap, points));
}

export function toTenth(points: number): number {
  return Math.round(points * 10) / 10;
}

import { evaluate } from '@relance/rules';
import type { Condition, Explanation, Facts } from '@relance/rules';
import type { CompiledDefinition } from './compile-definition.js';
import { fitPoints, thresholdReasons } from './decide-score.js';
import type { CompanyNews, ScoreDecision } from './decide-score.js';
import { marksOf, rulePointsAt, toTenth } from './engagement-points.js';
import type { Engagement } from './engagement.js';
import { withCompany } from './scorable-facts.js';
import type { ScorableFacts } from './scorable-facts.js';
import { factFields } from './score-fields.js';
import { sayCondition, sayEngagement, sayMissing } from './score-reason.js';
import type { ScoreReason } from './score-reason.js';

/** A line of why with the whole of what its condition found. Its explanation quotes facts, contact details too. */
export interface ExplainedReason extends ScoreReason {
  readonly explanation: Explanation | null;
}

/** Every rule of a definition with what it made of a lead, those that gave nothing included: what a preview shows. */
export function explainScore(
  facts: ScorableFacts,
  engagements: readonly Engagement[],
  company: CompanyNews | null,
  decision: ScoreDecision,
  definition: CompiledDefinition,
  now: Date,
): ExplainedReason[] {
  const known: Facts = { ...withCompany(facts, company?.facts ?? null) };
  const marks = new Map(
    marksOf(definition, [...engagements, ...(company?.signals ?? [])]).map((ofRule) => [ofRule.rule.key, ofRule]),
  );
  const lineOf = (part: 'direct' | 'disqualify', rule: { key: string; label?: string; when: Condition }) => {
    const { value, explanation } = evaluate(rule.when, known, factFields);
    return {
      part,
      rule: rule.key,
      outcome: value,
      points: 0,
      says: sayCondition(rule, rule.when, known),
      explanation,
    } as const;
  };

  return [
    ...definition.disqualify.map(({ rule }) => lineOf('disqualify', rule)),
    ...definition.required.map(({ fact, isKnown }): ExplainedReason => {
      const outcome = isKnown(known) ? 'true' : 'unknown';
      const says =
        outcome === 'true' ? `${fact.label ?? fact.key}: ${fact.anyOf.join(' or ')} is known` : sayMissing(fact);
      return { part: 'required', rule: fact.key, outcome, points: 0, says, explanation: null };
    }),
    ...definition.direct.map(({ rule }) => lineOf('direct', rule)),
    ...definition.fit.map(({ rule }): ExplainedReason => {
      const { value, explanation } = evaluate(rule.when, known, factFields);
      return {
        part: 'fit',
        rule: rule.key,
        outcome: value,
        points: fitPoints(rule, value),
        ...(value === 'unknown' && rule.onUnknown === 'ask' && rule.points > 0 ? { worth: rule.points } : {}),
        says: sayCondition(rule, rule.when, known),
        explanation,
      };
    }),
    ...definition.engagement.map(({ rule }): ExplainedReason => {
      const ofRule = marks.get(rule.key) ?? { rule, marks: [] };
      const points = toTenth(rulePointsAt(ofRule, now.getTime()));
      const outcome = points > 0 ? 'true' : 'false';
      return { part: 'engagement', rule: rule.key, outcome, points, says: sayEngagement(ofRule), explanation: null };
    }),
    ...thresholdReasons(definition, decision, decision.fit, decision.engagement).map((reason) => ({
      ...reason,
      explanation: null,
    })),
  ];
}

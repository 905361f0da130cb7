import type { ScoringDefinition } from '@relance/api';
import { evaluate, toSentence } from '@relance/rules';
import type { Condition, Explanation, Facts, Truth } from '@relance/rules';
import type { RuleMarks } from './engagement-points.js';
import { contactFields, factFields } from './score-fields.js';

/** One line of why, as `lead.scored` carries it. */
export interface ScoreReason {
  readonly part: 'required' | 'fit' | 'engagement' | 'direct' | 'disqualify' | 'threshold';
  readonly rule: string;
  readonly outcome: Truth;
  readonly points: number;
  /** What an unknown one could bring. */
  readonly worth?: number;
  /** A sentence without contact details. */
  readonly says: string;
}

const mostCharacters = 200;

/** "Decides on budgets: person.jobTitle is Head of Sales, containing head of". Names contact details, never quotes them. */
export function sayCondition(rule: { key: string; label?: string }, when: Condition, facts: Facts): string {
  return said(rule, toSentence(withoutContactDetails(evaluate(when, facts, factFields).explanation)));
}

/** "Attended a webinar: 2 × webinar.attended, last on 2026-11-20". */
export function sayEngagement({ rule, marks }: RuleMarks): string {
  const last = marks.at(-1);
  const day = last === undefined ? '' : `, last on ${new Date(last.atMs).toISOString().slice(0, 10)}`;
  return said(rule, `${marks.length} × ${rule.kind}${day}`);
}

/** "A way to reach them: person.email or person.phone is missing". */
export function sayMissing(fact: ScoringDefinition['required'][number]): string {
  return said(fact, `${fact.anyOf.join(' or ')} is missing`);
}

function said({ key, label }: { key: string; label?: string }, sentence: string): string {
  const whole = `${label ?? key}: ${sentence}`;
  return whole.length > mostCharacters ? `${whole.slice(0, mostCharacters)}…` : whole;
}

const hidden = '…';

/** What was compared is hidden with what was found: "is one of a@example.org" tells as much as "is a@example.org". */
function withoutContactDetails(explanation: Explanation): Explanation {
  if (explanation.kind === 'group')
    return { ...explanation, children: explanation.children.map(withoutContactDetails) };
  if (!contactFields.has(explanation.field)) return explanation;
  return { ...explanation, expected: hidden, observed: explanation.observed === null ? null : hidden };
}

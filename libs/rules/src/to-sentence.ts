import type { ConditionValue, Operator } from './condition.js';
import type { Explanation, LeafExplanation, Observed } from './explanation.js';
import { valuesOf } from './leaf-test.js';
import { decisiveFor, not } from './truth.js';

const mostPhrases = 6;
const mostCharacters = 60;

/**
 * Says in one short English line what an answer rests on: "person.country is FR; company.employees unknown".
 *
 * Only what decided is named: of an `and` that failed, the parts that failed; of an `or` that held, those that held.
 * It quotes the facts, contact details included: show it, do not log it.
 */
export function toSentence(explanation: Explanation): string {
  const phrases = [...new Set(deciding(explanation).map(phrase))];
  if (phrases.length === 0) return explanation.value === 'true' ? 'always' : 'never';
  const said = phrases.slice(0, mostPhrases).join('; ');
  return phrases.length > mostPhrases ? `${said}; and ${phrases.length - mostPhrases} more` : said;
}

function deciding(explanation: Explanation): readonly LeafExplanation[] {
  if (explanation.kind === 'leaf') return [explanation];
  const combined = explanation.not ? not(explanation.value) : explanation.value;
  const isDecided = combined === decisiveFor(explanation.combinator);
  return explanation.children.filter((child) => !isDecided || child.value === combined).flatMap(deciding);
}

function phrase(leaf: LeafExplanation): string {
  const { field, operator, observed, value } = leaf;
  if (operator === 'null' || operator === 'notNull') {
    const isAbsent = (operator === 'null') === (value === 'true');
    return isAbsent ? `${field} is missing` : `${field} is ${shown(observed)}`;
  }
  if (value === 'unknown') {
    return observed === null ? `${field} unknown` : `${field} is ${shown(observed)}, which cannot be compared`;
  }
  const [holds, fails] = remarks[operator];
  const remark = (value === 'true' ? holds : fails).replace('%', () => shownValue(leaf));
  return operator === '=' && value === 'true' && !Array.isArray(observed)
    ? `${field} is ${shown(observed)}`
    : `${field} is ${shown(observed)}, ${remark}`;
}

/** What is remarked when the comparison holds, and when it does not; `%` is the value compared with. */
const remarks: Readonly<Record<Exclude<Operator, 'null' | 'notNull'>, readonly [holds: string, fails: string]>> = {
  '=': ['among them %', 'not %'],
  '!=': ['not %', 'which is %'],
  '<': ['below %', 'at least %'],
  '<=': ['at most %', 'above %'],
  '>': ['above %', 'at most %'],
  '>=': ['at least %', 'below %'],
  in: ['one of %', 'none of %'],
  notIn: ['none of %', 'one of %'],
  contains: ['containing %', 'not containing %'],
  beginsWith: ['beginning with %', 'not beginning with %'],
  endsWith: ['ending with %', 'not ending with %'],
  matchesDomain: ['within %', 'outside %'],
  between: ['between %', 'not between %'],
};

function shownValue({ operator, expected }: LeafExplanation): string {
  if (operator === 'between') return shortened((valuesOf(expected) ?? []).join(' and '));
  return shown(operator === 'in' || operator === 'notIn' ? (valuesOf(expected) ?? null) : expected);
}

function shown(value: Observed | ConditionValue): string {
  const list = Array.isArray(value) ? value : [value];
  return list.length === 0 ? 'empty' : shortened(list.map((item) => String(item ?? '?')).join(', '));
}

function shortened(text: string): string {
  const line = [...text.replace(/\s+/g, ' ').trim()];
  return line.length > mostCharacters ? `${line.slice(0, mostCharacters).join('')}…` : line.join('');
}

import type { Company, Temperature, Verdict } from '@relance/lead';
import type { Facts, Truth } from '@relance/rules';
import type { CompiledDefinition } from './compile-definition.js';
import { engagementPointsAt, marksOf, rulePointsAt, toTenth } from './engagement-points.js';
import type { RuleMarks } from './engagement-points.js';
import type { Engagement } from './engagement.js';
import { nextCrossing } from './next-crossing.js';
import { withCompany } from './scorable-facts.js';
import type { ScorableFacts } from './scorable-facts.js';
import { sayCondition, sayEngagement, sayMissing } from './score-reason.js';
import type { ScoreReason } from './score-reason.js';

/** What others were told of a lead's score. */
export interface Said {
  readonly verdict: Verdict;
  readonly grade: string;
  readonly temperature: Temperature;
  readonly direct: boolean;
  readonly missing: readonly string[];
  readonly disqualifiedFor: string | null;
}

/** What is known about a lead's company beyond what the lead said. */
export interface CompanyNews {
  readonly facts: Company | null;
  readonly signals: readonly Engagement[];
}

export interface ScoreDecision extends Said {
  readonly fit: number;
  readonly engagement: number;
  readonly reasons: readonly ScoreReason[];
  readonly definitionVersion: number | null;
  /** The first instant at which decay alone changes verdict, grade or temperature; null when it never does. */
  readonly changesAt: Date | null;
  /** What of it the previous score did not say. Points alone are no news. */
  readonly news: 'verdict' | 'details' | 'nothing';
}

/**
 * Decides whether a lead is ready for sales, by the definition that marketing and sales signed.
 *
 * In order: who is disqualified stays away whatever else is known; who lacks a fact sales must have is incomplete,
 * because nobody can call a lead without it; who asks to be contacted is qualified at once; who fits and has shown
 * enough interest is qualified; everybody else is nurtured. Fit and interest are two numbers and never one: a director
 * who never came back and a student who reads everything are different leads.
 *
 * @param facts as the submission in hand puts them (`asAsked`).
 * @param previous what was last told; decides only what is news.
 */
export function decideScore(
  facts: ScorableFacts,
  engagements: readonly Engagement[],
  company: CompanyNews | null,
  previous: Said | null,
  definition: CompiledDefinition,
  now: Date,
): ScoreDecision {
  const known: Facts = { ...withCompany(facts, company?.facts ?? null) };
  const marks = marksOf(definition, company === null ? engagements : [...engagements, ...company.signals]);

  const disqualify = definition.disqualify.filter(({ test }) => test(known) === 'true');
  const missing = definition.required.filter(({ isKnown }) => !isKnown(known));
  const direct = definition.direct.filter(({ test }) => test(known) === 'true');
  const fitOutcomes = definition.fit.map(({ rule, test }) => ({ rule, outcome: test(known) }));

  const fit = clamped(fitOutcomes.reduce((points, { rule, outcome }) => points + fitPoints(rule, outcome), 0));
  const engagement = engagementPointsAt(marks, now.getTime());
  const grade = gradeOf(definition, fit, engagement);
  const isDisqualified = disqualify.length > 0;
  const temperature = isDisqualified ? 'cold' : direct.length > 0 ? 'hot' : temperatureOf(definition, grade);
  const verdict = verdictOf(definition, { isDisqualified, missing, direct, fit, engagement });

  const said: Said = {
    verdict,
    grade,
    temperature,
    direct: verdict === 'qualified' && direct.length > 0,
    missing: missing.map(({ fact }) => fact.anyOf[0] ?? fact.key),
    disqualifiedFor: disqualify[0]?.rule.reason ?? null,
  };
  return {
    ...said,
    fit,
    engagement,
    reasons: [
      ...disqualify.map(({ rule }) => reasonOf('disqualify', rule, known)),
      ...missing.map(({ fact }) => missingReason(fact)),
      ...direct.map(({ rule }) => reasonOf('direct', rule, known)),
      ...fitOutcomes.flatMap(({ rule, outcome }) => fitReason(rule, outcome, known)),
      ...marks.flatMap((ofRule) => engagementReason(ofRule, now)),
      ...thresholdReasons(definition, said, fit, engagement),
    ],
    definitionVersion: definition.version,
    changesAt: changesAt(definition, said, marks, fit, now),
    news: newsOf(previous, said),
  };
}

/** Points a fit rule gives for an outcome; what is unknown gives them only where the rule says `yes`. */
export function fitPoints(rule: CompiledDefinition['fit'][number]['rule'], outcome: Truth): number {
  const isGiven = outcome === 'true' || (outcome === 'unknown' && rule.onUnknown === 'yes');
  return isGiven ? rule.points : 0;
}

/** Two lines for the two thresholds, wherever they decided. */
export function thresholdReasons(
  { document: { thresholds } }: CompiledDefinition,
  said: Said,
  fit: number,
  engagement: number,
): ScoreReason[] {
  const isDecisive = said.verdict === 'nurture' || (said.verdict === 'qualified' && !said.direct);
  if (!isDecisive) return [];
  return [
    thresholdReason('fit', fit, thresholds.fit),
    thresholdReason('engagement', engagement, thresholds.engagement),
  ];
}

function thresholdReason(rule: 'fit' | 'engagement', points: number, needed: number): ScoreReason {
  const outcome = points >= needed ? 'true' : 'false';
  return { part: 'threshold', rule, outcome, points, says: `${rule} ${points}, ${needed} needed` };
}

function verdictOf(
  { document: { thresholds } }: CompiledDefinition,
  found: {
    isDisqualified: boolean;
    missing: readonly unknown[];
    direct: readonly unknown[];
    fit: number;
    engagement: number;
  },
): Verdict {
  if (found.isDisqualified) return 'disqualified';
  if (found.missing.length > 0) return 'incomplete';
  if (found.direct.length > 0) return 'qualified';
  return found.fit >= thresholds.fit && found.engagement >= thresholds.engagement ? 'qualified' : 'nurture';
}

function gradeOf({ document: { thresholds } }: CompiledDefinition, fit: number, engagement: number): string {
  const { grid } = thresholds;
  const letter = fit >= grid.fit.A ? 'A' : fit >= grid.fit.B ? 'B' : 'C';
  const digit = engagement >= grid.engagement[1] ? '1' : engagement >= grid.engagement[2] ? '2' : '3';
  return letter + digit;
}

function temperatureOf({ document }: CompiledDefinition, grade: string): Temperature {
  const { hot, warm } = document.thresholds.temperature;
  if (hot.includes(grade)) return 'hot';
  return warm.includes(grade) ? 'warm' : 'cold';
}

/** The threshold of engagement matters only to who is qualified by it; a disqualified lead cools unnoticed. */
function changesAt(
  { document: { thresholds } }: CompiledDefinition,
  said: Said,
  marks: readonly RuleMarks[],
  fit: number,
  now: Date,
): Date | null {
  if (said.verdict === 'disqualified') return null;
  const { grid } = thresholds;
  const isQualifiedByPoints = said.verdict === 'qualified' && !said.direct && fit >= thresholds.fit;
  const boundaries = [grid.engagement[1], grid.engagement[2], ...(isQualifiedByPoints ? [thresholds.engagement] : [])];
  const crossing = nextCrossing(marks, boundaries, now.getTime());
  return crossing === null ? null : new Date(crossing);
}

function newsOf(previous: Said | null, said: Said): ScoreDecision['news'] {
  if (previous === null || previous.verdict !== said.verdict) return 'verdict';
  const isSame =
    previous.grade === said.grade &&
    previous.temperature === said.temperature &&
    previous.direct === said.direct &&
    previous.disqualifiedFor === said.disqualifiedFor &&
    previous.missing.length === said.missing.length &&
    previous.missing.every((path, index) => path === said.missing[index]);
  return isSame ? 'nothing' : 'details';
}

function reasonOf(
  part: 'direct' | 'disqualify',
  rule: CompiledDefinition['direct'][number]['rule'],
  facts: Facts,
): ScoreReason {
  return { part, rule: rule.key, outcome: 'true', points: 0, says: sayCondition(rule, rule.when, facts) };
}

function missingReason(fact: CompiledDefinition['required'][number]['fact']): ScoreReason {
  return { part: 'required', rule: fact.key, outcome: 'unknown', points: 0, says: sayMissing(fact) };
}

/** Only what gave something, and what is worth asking. */
function fitReason(rule: CompiledDefinition['fit'][number]['rule'], outcome: Truth, facts: Facts): ScoreReason[] {
  const points = fitPoints(rule, outcome);
  const isWorthAsking = outcome === 'unknown' && rule.onUnknown === 'ask' && rule.points > 0;
  if (points === 0 && !isWorthAsking) return [];
  const says = sayCondition(rule, rule.when, facts);
  return [
    isWorthAsking
      ? {
          part: 'fit',
          rule: rule.key,
          outcome,
          points,
          worth: rule.points,
          says: `${says}, worth up to +${rule.points}: ask`,
        }
      : { part: 'fit', rule: rule.key, outcome, points, says },
  ];
}

function engagementReason(marks: RuleMarks, now: Date): ScoreReason[] {
  const points = toTenth(rulePointsAt(marks, now.getTime()));
  if (points === 0) return [];
  return [{ part: 'engagement', rule: marks.rule.key, outcome: 'true', points, says: sayEngagement(marks) }];
}

function clamped(points: number): number {
  return Math.min(100, Math.max(0, points));
}

import type { StartsOn } from './policy.js';

/** Where the time went. */
export type BreachCause =
  'late-from-source' | 'scoring-lag' | 'held' | 'told-late' | 'told-not-opened' | 'opened-not-acted';

/** What is known of a broken promise. */
export interface BreachFacts {
  readonly startsOn: StartsOn;
  readonly startedAt: Date;
  readonly dueAt: Date;
  /** How the lead came to its owner; null for a promise that names none. */
  readonly assignedAs: string | null;
  readonly occurredAt: Date | null;
  readonly receivedAt: Date | null;
  /** When the verdict was recorded. */
  readonly scoredAt: Date | null;
  /** The owner's notification: first sent or delivered, first opened. Null where nothing was ever heard of it. */
  readonly toldAt: Date | null;
  readonly openedAt: Date | null;
}

const minuteMs = 60_000;
/** What each stage may take before it is the cause. */
const budgetMs = { source: 15 * minuteMs, scoring: minuteMs, holding: 15 * minuteMs };
/** The part of a promise that may pass before its owner hears of it. */
const tellingShare = 0.5;

/**
 * Why a promise was broken: the first stage since the lead's own time that took more than its budget, else what became
 * of the owner's notification.
 *
 * The stages before the owner count for the lead's first owner only: a successor's lead has been on its way for longer.
 *
 * @param areOwnersWrittenTo without letters the console tells, in the moment of the assignment, and no receipt is owed.
 */
export function decideCause(facts: BreachFacts, areOwnersWrittenTo: boolean): BreachCause {
  if (facts.startsOn === 'held') return 'held';
  const isFirstOwner = facts.assignedAs === 'first' || facts.assignedAs === 'released-hold';
  if (isFirstOwner) {
    const early = causeBeforeOwner(facts);
    if (early !== null) return early;
  }
  if (facts.startsOn === 'qualified' && facts.assignedAs === null) return 'held';
  const tellBy = facts.startedAt.getTime() + (facts.dueAt.getTime() - facts.startedAt.getTime()) * tellingShare;
  if (facts.openedAt !== null && facts.openedAt <= facts.dueAt) return 'opened-not-acted';
  if (facts.toldAt === null) return areOwnersWrittenTo ? 'told-late' : 'told-not-opened';
  return facts.toldAt.getTime() > tellBy ? 'told-late' : 'told-not-opened';
}

function causeBeforeOwner(facts: BreachFacts): BreachCause | null {
  const { occurredAt, receivedAt, scoredAt } = facts;
  if (occurredAt && receivedAt && spent(occurredAt, receivedAt) > budgetMs.source) return 'late-from-source';
  if (receivedAt && scoredAt && spent(receivedAt, scoredAt) > budgetMs.scoring) return 'scoring-lag';
  const qualifiedAt = scoredAt ?? receivedAt;
  if (!qualifiedAt) return null;
  const untilOwned = spent(qualifiedAt, facts.startedAt);
  if (facts.assignedAs === 'released-hold') return untilOwned > budgetMs.holding ? 'held' : null;
  return untilOwned > budgetMs.scoring ? 'scoring-lag' : null;
}

function spent(from: Date, to: Date): number {
  return to.getTime() - from.getTime();
}

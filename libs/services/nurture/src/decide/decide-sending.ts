import type { Consent } from '@relance/lead';
import { nextOpening } from '@relance/working-time';
import { sendingHours } from './lead-calendar.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const weekMs = 7 * dayMs;
const restAfterContactMs = 5 * dayMs;

export type SendingGuard =
  'no-consent' | 'suppressed' | 'open-assignment' | 'human-contact' | 'frequency-cap' | 'quiet-hours';

export interface SendingFacts {
  readonly consents: readonly Consent[];
  /** Unsubscribed, bounced, complained, or asked not to be contacted. */
  readonly isSuppressed: boolean;
  /** Letters to this person in the last seven days, whatever the track. */
  readonly sentAt: readonly Date[];
  readonly hasOpenAssignment: boolean;
  readonly lastContactAt: Date | null;
}

export interface SendingPolicy {
  readonly legalGround: 'consent' | 'legitimate-interest';
  readonly lettersPerDay: number;
  readonly lettersPerWeek: number;
}

/** A refusal names its guard and when it is tried again; null ends the track. */
export type SendingDecision =
  { readonly kind: 'send' } | { readonly kind: 'refuse'; readonly guard: SendingGuard; readonly retryAt: Date | null };

/**
 * Whether a letter may go to this person at this moment: the one place where that is decided.
 *
 * First what cannot change by waiting: the person's own word. Then what only time changes: a colleague who owns the lead or
 * spoke with it in the last five days, letters sent already, and the lead's own night and weekend. A retry is never
 * outside the lead's sending hours.
 */
export function decideSending(
  facts: SendingFacts,
  policy: SendingPolicy,
  timeZone: string,
  now: Date,
): SendingDecision {
  const hours = sendingHours(timeZone);
  const wait = (guard: SendingGuard, until: number): SendingDecision => {
    return { kind: 'refuse', guard, retryAt: nextOpening(hours, new Date(until)) };
  };

  if (!mayWrite(facts.consents, policy.legalGround)) return { kind: 'refuse', guard: 'no-consent', retryAt: null };
  if (facts.isSuppressed) return { kind: 'refuse', guard: 'suppressed', retryAt: null };
  if (facts.hasOpenAssignment) return wait('open-assignment', now.getTime() + dayMs);

  const restedAt = (facts.lastContactAt?.getTime() ?? -Infinity) + restAfterContactMs;
  if (restedAt > now.getTime()) return wait('human-contact', restedAt);

  const freeAt = Math.max(
    freeAgainAt(facts.sentAt, policy.lettersPerDay, dayMs),
    freeAgainAt(facts.sentAt, policy.lettersPerWeek, weekMs),
  );
  if (freeAt > now.getTime()) return wait('frequency-cap', freeAt);

  const opening = nextOpening(hours, now);
  if (opening === null || opening > now) return { kind: 'refuse', guard: 'quiet-hours', retryAt: opening };
  return { kind: 'send' };
}

/** The latest word counts. Another ground than consent does not outweigh a refusal. */
function mayWrite(consents: readonly Consent[], ground: SendingPolicy['legalGround']): boolean {
  const latest = consents
    .filter(({ purpose }) => purpose === 'marketing')
    .reduce<Consent | null>(
      (last, consent) => (last && Date.parse(last.at) > Date.parse(consent.at) ? last : consent),
      null,
    );
  return latest?.granted ?? ground === 'legitimate-interest';
}

/** When fewer than `most` letters lie within the window that ends then. */
function freeAgainAt(sentAt: readonly Date[], most: number, windowMs: number): number {
  const newestFirst = sentAt.map((at) => at.getTime()).sort((one, other) => other - one);
  return (newestFirst[most - 1] ?? -Infinity) + windowMs;
}

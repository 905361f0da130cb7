import type { Track } from '@relance/api';
import type { LeadFacts } from '@relance/lead';
import { decideStep } from './decide-step.js';
import { startOfDate, zoneOf } from './lead-calendar.js';

export type EnrolmentDecision =
  | { readonly kind: 'enrol'; readonly stepIndex: number; readonly dueAt: Date }
  | {
      readonly kind: 'refuse';
      readonly reason: 'test-lead' | 'no-address' | 'no-track' | 'had-this-track' | 'nothing-to-send';
    };

/**
 * Whether a lead that came to marketing begins a track, and when its first letter is due.
 *
 * Nobody is written to twice by one track: who got a letter of it, or came to its end, has had it. A date to look again
 * (`resumeAt`) comes before the first step, and begins at midnight where the lead lives.
 */
export function decideEnrolment(
  nurtured: { readonly facts: LeadFacts; readonly resumeAt: string | undefined },
  track: Track | null,
  hasHadTrack: boolean,
  fallbackZone: string,
  now: Date,
): EnrolmentDecision {
  const { facts, resumeAt } = nurtured;
  if (facts.test) return { kind: 'refuse', reason: 'test-lead' };
  if (facts.person.email === undefined) return { kind: 'refuse', reason: 'no-address' };
  if (track === null) return { kind: 'refuse', reason: 'no-track' };
  if (hasHadTrack) return { kind: 'refuse', reason: 'had-this-track' };

  const zone = zoneOf(facts.person.country, fallbackZone);
  const from = resumeAt === undefined ? now : new Date(Math.max(now.getTime(), startOfDate(resumeAt, zone).getTime()));
  const step = decideStep(track.steps, 0, from, zone);
  switch (step.kind) {
    case 'letter':
      return { kind: 'enrol', stepIndex: step.stepIndex, dueAt: step.dueAt };
    case 'end':
      return { kind: 'refuse', reason: 'nothing-to-send' };
  }
}

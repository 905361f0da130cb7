import type { AssignmentId, ClockId, HoldingId, LeadId, MemberKey, SubmissionId, TeamKey, Traits } from '@relance/lead';
import { derivedId } from '@relance/events';
import type { Facts } from '@relance/rules';
import type { FrozenCalendar } from '@relance/working-time';
import type { CompiledPolicy } from './compile-policy.js';
import { planClock } from './plan-clock.js';
import type { PlannedStep } from './plan-clock.js';
import type { StartsOn } from './policy.js';
import type { SlaClock } from './sla-clock.js';

/** What happened that may start promises. */
export interface Occasion {
  readonly startsOn: StartsOn;
  readonly leadId: LeadId;
  readonly event: {
    readonly id: string;
    readonly recordedAt: Date;
    readonly position: number;
    readonly correlationId: string;
  };
  readonly assignment: { readonly id: AssignmentId; readonly round: number } | null;
  readonly submissionId: SubmissionId | null;
  readonly holdingId: HoldingId | null;
  readonly member: MemberKey | null;
  readonly team: TeamKey | null;
  readonly managers: readonly MemberKey[];
  /** The owner's calendar, with the id it is kept under. */
  readonly calendar: { readonly id: string; readonly calendar: FrozenCalendar } | null;
}

/** A clock that is about to run. */
export interface NewClock extends SlaClock {
  readonly managers: readonly MemberKey[];
  readonly steps: readonly PlannedStep[];
}

/** The score that conditions may ask for. */
export interface KnownScore {
  readonly fit: number;
  readonly engagement: number;
  readonly grade: string;
  readonly temperature: string;
}

/** What the condition of a policy is answered with. */
export function promiseFacts(traits: Traits, score: KnownScore | null): Facts {
  return { ...traits, source: { key: traits.attribution.sourceKey }, ...(score === null ? {} : { score }) };
}

/**
 * The promises that a policy makes on an occasion.
 *
 * They start when the log recorded the event. A clock's id follows from the event and the milestone, so that a repeat
 * makes the same clock.
 */
export function startClocks(policy: CompiledPolicy, occasion: Occasion): NewClock[] {
  return policy.milestones
    .filter((milestone) => milestone.startsOn === occasion.startsOn)
    .map((milestone) => {
      const { recordedAt } = occasion.event;
      const isWorking = milestone.counts === 'working';
      const plan = planClock(milestone, recordedAt, occasion.calendar?.calendar ?? null);
      return {
        id: derivedId(occasion.event.id, `clock/${milestone.key}`) as ClockId,
        leadId: occasion.leadId,
        policy: policy.key,
        policyVersion: policy.version,
        milestone: milestone.key,
        startsOn: milestone.startsOn,
        assignmentId: occasion.assignment?.id ?? null,
        round: occasion.assignment?.round ?? null,
        submissionId: occasion.submissionId,
        holdingId: occasion.holdingId,
        member: occasion.member,
        team: occasion.team,
        managers: occasion.managers,
        state: 'open',
        startedAt: recordedAt,
        startedPosition: occasion.event.position,
        dueAt: plan.dueAt,
        metBy: milestone.metBy,
        trustMs: milestone.trustMs,
        counts: milestone.counts,
        calendarId: isWorking ? (occasion.calendar?.id ?? null) : null,
        explanation: plan.explanation,
        breachedAt: null,
        answeredAt: null,
        pausedAt: null,
        correlationId: occasion.event.correlationId,
        causedBy: occasion.event.id,
        steps: plan.steps,
      };
    });
}

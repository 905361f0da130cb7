import type { MilestoneKey, PolicyKey } from '@relance/lead';
import { compile } from '@relance/rules';
import type { CompiledCondition, Facts } from '@relance/rules';
import { parseDuration } from '@relance/working-time';
import type { Action, Audience, Counts, MetBy, Milestone, PolicyVersion, StartsOn } from './policy.js';
import { promiseFields } from './promise-fields.js';

/** How far back a contact may be stated to have been made: a call is logged when it ends. */
const trustStatedTimeByDefault = 'PT15M';

/** What happens at one moment of a clock. */
export interface StepPlan {
  /** `warn` counts from the start, `breach` is the due time, `alert` counts from the due time. */
  readonly kind: 'warn' | 'breach' | 'alert';
  /** As the policy writes it. */
  readonly after: string;
  readonly afterMs: number;
  readonly actions: readonly StepAction[];
}

export type StepAction = { readonly do: 'alert'; readonly to: readonly Audience[] } | { readonly do: 'reassign' };

/** A milestone, prepared for hot paths. */
export interface CompiledMilestone {
  readonly key: MilestoneKey;
  readonly startsOn: StartsOn;
  readonly withinMs: number;
  readonly counts: Counts;
  readonly metBy: MetBy;
  readonly trustMs: number;
  /** In the order in which they fall due. */
  readonly steps: readonly StepPlan[];
}

/** One version of a policy, prepared for hot paths. */
export interface CompiledPolicy {
  readonly key: PolicyKey;
  readonly version: number;
  readonly position: number;
  readonly matches: CompiledCondition;
  readonly milestones: readonly CompiledMilestone[];
}

/** Prepares a version of a policy; keep the answer for as long as the version lives. */
export function compilePolicy({ key, version, position, policy }: PolicyVersion): CompiledPolicy {
  return {
    key,
    version,
    position,
    matches: compile(policy.when, promiseFields),
    milestones: policy.milestones.map((milestone) => ({
      key: milestone.key,
      startsOn: milestone.startsOn,
      withinMs: parseDuration(milestone.within),
      counts: milestone.clock,
      metBy: milestone.metBy,
      trustMs: parseDuration(milestone.trustStatedTime ?? policy.trustStatedTime ?? trustStatedTimeByDefault),
      steps: stepsOf(milestone),
    })),
  };
}

/** The first policy whose condition surely holds; where a fact is unknown the next one is asked. */
export function findPolicy(policies: readonly CompiledPolicy[], facts: Facts): CompiledPolicy | null {
  return policies.find((policy) => policy.matches(facts) === 'true') ?? null;
}

/** Actions at one moment are one step. There is always a breach, whether anybody is to be told or not. */
function stepsOf(milestone: Milestone): StepPlan[] {
  const warnings = milestone.warnAfter.map((after) => ({ after, afterMs: parseDuration(after) }));
  const byTime = Map.groupBy(milestone.onBreach, (action) => parseDuration(action.after));
  const later = [...byTime].filter(([afterMs]) => afterMs > 0).sort(([one], [other]) => one - other);
  return [
    ...warnings
      .filter(({ afterMs }, index) => warnings.findIndex((other) => other.afterMs === afterMs) === index)
      .sort((one, other) => one.afterMs - other.afterMs)
      .map((warning) => ({ kind: 'warn' as const, ...warning, actions: [] })),
    { kind: 'breach', after: milestone.within, afterMs: 0, actions: (byTime.get(0) ?? []).map(stepActionOf) },
    ...later.map(([afterMs, actions]) => ({
      kind: 'alert' as const,
      after: actions[0]?.after ?? '',
      afterMs,
      actions: actions.map(stepActionOf),
    })),
  ];
}

function stepActionOf(action: Action): StepAction {
  return action.do === 'alert' ? { do: 'alert', to: action.to } : { do: 'reassign' };
}

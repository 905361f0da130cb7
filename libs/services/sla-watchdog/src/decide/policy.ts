import { z } from 'zod';
import { channelSchema, gradeSchema, milestoneKeySchema, policyKeySchema } from '@relance/lead';
import type { PolicyKey } from '@relance/lead';
import { conditionSchema, validateCondition } from '@relance/rules';
import { durationSchema, parseDuration } from '@relance/working-time';
import { promiseFields } from './promise-fields.js';

/** What starts a promise: a verdict, an owner, the owner's acceptance, or that nobody may take the lead. */
export const startsOnSchema = z.enum(['qualified', 'assigned', 'accepted', 'held']);
export type StartsOn = z.infer<typeof startsOnSchema>;

/** Working time of the owner's calendar, or time that simply passes. */
export const countsSchema = z.enum(['working', 'elapsed']);
export type Counts = z.infer<typeof countsSchema>;

/** What keeps a promise. `evidence: B` means B or better; `contacts` asks for that many on each channel. */
export const metBySchema = z.union([
  z.strictObject({ evidence: gradeSchema }),
  z.strictObject({ stageChange: z.literal(true) }),
  z.strictObject({
    contacts: z
      .array(z.strictObject({ channel: channelSchema, atLeast: z.number().int().min(1).max(100) }))
      .min(1)
      .max(10),
  }),
  z.strictObject({ assigned: z.literal(true) }),
]);
export type MetBy = z.infer<typeof metBySchema>;

/** Whom an alert is for. */
export const audienceSchema = z.enum(['owner', 'manager', 'operators']);
export type Audience = z.infer<typeof audienceSchema>;

const afterBreach = durationSchema;

export const actionSchema = z.discriminatedUnion('do', [
  z.strictObject({ after: afterBreach, do: z.literal('alert'), to: z.array(audienceSchema).min(1).max(3) }),
  z.strictObject({ after: afterBreach, do: z.literal('reassign') }),
]);
export type Action = z.infer<typeof actionSchema>;

const positiveDuration = durationSchema.refine((text) => isPositive(text), { error: 'must be longer than nothing' });

const milestoneSchema = z
  .strictObject({
    key: milestoneKeySchema,
    startsOn: startsOnSchema,
    within: positiveDuration,
    clock: countsSchema,
    /** Whose calendar counts on a working clock; there is only the owner's. */
    calendar: z.literal('owner').exactOptional(),
    metBy: metBySchema,
    /** After the start, on the milestone's own clock. */
    warnAfter: z.array(positiveDuration).max(10).default([]),
    /** After the due time, on the milestone's own clock. */
    onBreach: z.array(actionSchema).max(20),
    /** How far back a contact may be stated to have been made. */
    trustStatedTime: durationSchema.exactOptional(),
  })
  .superRefine((milestone, context) => {
    const wrong = (path: PropertyKey[], message: string): void => context.addIssue({ code: 'custom', path, message });
    const hasOwner = milestone.startsOn === 'assigned' || milestone.startsOn === 'accepted';
    if (milestone.clock === 'working' && !hasOwner) {
      wrong(['clock'], `has no owner whose working time could count: "${milestone.startsOn}" takes "elapsed"`);
    }
    if ('assigned' in milestone.metBy && hasOwner) wrong(['metBy', 'assigned'], 'is true from the start');
    if ('stageChange' in milestone.metBy && !hasOwner) wrong(['metBy', 'stageChange'], 'needs an owner to change it');
    milestone.warnAfter.forEach((after, index) => {
      if (
        isPositive(after) &&
        isPositive(milestone.within) &&
        parseDuration(after) >= parseDuration(milestone.within)
      ) {
        wrong(['warnAfter', index], 'must be before the promise is due');
      }
    });
    milestone.onBreach.forEach((action, index) => {
      if (hasOwner) return;
      if (action.do === 'reassign') wrong(['onBreach', index, 'do'], 'needs an owner to take the lead from');
      else if (action.to.includes('owner')) wrong(['onBreach', index, 'to'], 'has no owner to tell');
    });
  });
export type Milestone = z.infer<typeof milestoneSchema>;

/** A promise as people edit it: `PUT /api/sla/policies/{key}`. */
export const policySchema = z
  .strictObject({
    /** Where it is given it is the key of the path. */
    key: policyKeySchema.exactOptional(),
    /** Lowest first; the first policy whose condition matches the lead is its promise. */
    position: z.number().int().min(0).max(1_000_000).exactOptional(),
    when: conditionSchema.nullable(),
    milestones: z.array(milestoneSchema).min(1).max(20),
    trustStatedTime: durationSchema.exactOptional(),
  })
  .superRefine((policy, context) => {
    const keys = new Set<string>();
    policy.milestones.forEach(({ key }, index) => {
      if (keys.has(key)) {
        context.addIssue({ code: 'custom', path: ['milestones', index, 'key'], message: `${key} is listed twice` });
      }
      keys.add(key);
    });
    for (const problem of policy.when === null ? [] : validateCondition(policy.when, promiseFields)) {
      const path = ['when', ...problem.pointer.split('/').slice(1).map(pathPart)];
      context.addIssue({ code: 'custom', path, message: problem.message });
    }
  });
export type Policy = z.infer<typeof policySchema>;

/** A policy as it is in force, or was. */
export interface PolicyVersion {
  readonly key: PolicyKey;
  readonly version: number;
  readonly position: number;
  readonly policy: Policy;
}

/** Without a position, policies with a condition come before those that match every lead. */
export function positionOf(policy: Policy): number {
  return policy.position ?? (policy.when === null ? 1_000 : 100);
}

function pathPart(part: string): string | number {
  return /^\d+$/.test(part) ? Number(part) : part;
}

function isPositive(text: string): boolean {
  return durationSchema.safeParse(text).success && parseDuration(text) > 0;
}

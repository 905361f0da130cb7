import { z } from 'zod';

/** A key that people choose and read: teams, members, pools, sources, policies, tracks. Lower-case letters, digits, `-` and `_`. */
const keySchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'must be 1 to 63 of a-z 0-9 - _, starting with a letter or digit');

export const leadIdSchema = z.uuid().brand('LeadId');
export const submissionIdSchema = z.uuid().brand('SubmissionId');
export const companyIdSchema = z.uuid().brand('CompanyId');
export const assignmentIdSchema = z.uuid().brand('AssignmentId');
export const holdingIdSchema = z.uuid().brand('HoldingId');
export const contactIdSchema = z.uuid().brand('ContactId');
export const clockIdSchema = z.uuid().brand('ClockId');
export const enrolmentIdSchema = z.uuid().brand('EnrolmentId');

export const sourceKeySchema = keySchema.brand('SourceKey');
export const memberKeySchema = keySchema.brand('MemberKey');
export const teamKeySchema = keySchema.brand('TeamKey');
export const poolKeySchema = keySchema.brand('PoolKey');
export const ruleKeySchema = keySchema.brand('RuleKey');
export const policyKeySchema = keySchema.brand('PolicyKey');
export const milestoneKeySchema = keySchema.brand('MilestoneKey');
export const trackKeySchema = keySchema.brand('TrackKey');

export type LeadId = z.infer<typeof leadIdSchema>;
export type SubmissionId = z.infer<typeof submissionIdSchema>;
export type CompanyId = z.infer<typeof companyIdSchema>;
export type AssignmentId = z.infer<typeof assignmentIdSchema>;
export type HoldingId = z.infer<typeof holdingIdSchema>;
export type ContactId = z.infer<typeof contactIdSchema>;
export type ClockId = z.infer<typeof clockIdSchema>;
export type EnrolmentId = z.infer<typeof enrolmentIdSchema>;
export type SourceKey = z.infer<typeof sourceKeySchema>;
export type MemberKey = z.infer<typeof memberKeySchema>;
export type TeamKey = z.infer<typeof teamKeySchema>;
export type PoolKey = z.infer<typeof poolKeySchema>;
export type RuleKey = z.infer<typeof ruleKeySchema>;
export type PolicyKey = z.infer<typeof policyKeySchema>;
export type MilestoneKey = z.infer<typeof milestoneKeySchema>;
export type TrackKey = z.infer<typeof trackKeySchema>;

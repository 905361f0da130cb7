import { z } from 'zod';
import { channelSchema, instantSchema } from '@relance/lead';

const note = z.string().trim().max(10_000).optional();
const freeReason = z.string().trim().min(1).max(500);

/** Verbs without anything to say take an empty body, or none. */
export const plainSchema = z.object({ note }).default({});
export type Plain = z.infer<typeof plainSchema>;

export const returnSchema = z.object({
  reason: z.enum(['timing', 'budget', 'wrong-contact', 'needs-nurture', 'incomplete', 'capacity']),
  /** A calendar date: nothing is sent before it. */
  resumeAt: z.iso.date().optional(),
  note,
});
export type Return = z.infer<typeof returnSchema>;

export const rejectSchema = z.object({
  reason: z.enum(['not-a-company', 'competitor', 'student', 'out-of-market', 'duplicate', 'spam', 'existing-customer']),
  note,
});
export type Reject = z.infer<typeof rejectSchema>;

export const reasonSchema = z.object({ reason: freeReason, note });
export type Reason = z.infer<typeof reasonSchema>;

export const reassignSchema = z.object({ to: z.string().min(1).max(63) });
export type Reassign = z.infer<typeof reassignSchema>;

export const contactSchema = z.object({
  channel: channelSchema,
  /** A code of the table of outcomes. */
  outcome: z.string().min(1).max(50),
  at: instantSchema.optional(),
  note,
  nextFollowUpAt: instantSchema.optional(),
  preferredChannel: z.string().max(50).optional(),
  preferredInterval: z.string().max(50).optional(),
  reason: z.string().max(500).optional(),
});
export type ContactInput = z.infer<typeof contactSchema>;

export const outcomeSchema = z.object({
  meaning: z.string().trim().min(1).max(300),
  grade: z.enum(['A', 'B', 'C']),
  then: z.string().trim().min(1).max(300),
});
export type OutcomeInput = z.infer<typeof outcomeSchema>;

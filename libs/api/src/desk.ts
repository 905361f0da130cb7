import { z } from 'zod';
import {
  assignmentIdSchema,
  attributionSchema,
  companySchema,
  instantSchema,
  leadIdSchema,
  personSchema,
  requestSchema,
  stageSchema,
  verdictSchema,
} from '@relance/lead';

/** Which leads to list. */
export const leadListQuerySchema = z.object({
  /** Words that begin parts of a name, address, phone or company. */
  query: z.string().max(200).optional(),
  stage: z.union([stageSchema, z.literal('')]).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(1_000).optional(),
});
export type LeadListQuery = z.infer<typeof leadListQuerySchema>;

const ownerView = z.object({ member: z.string(), name: z.string().optional() });

export const leadListItemSchema = z.object({
  leadId: leadIdSchema,
  stage: stageSchema,
  test: z.boolean(),
  verdict: verdictSchema.nullable(),
  owner: ownerView.nullable(),
  person: personSchema,
  company: companySchema,
  receivedAt: instantSchema.nullable(),
});
export type LeadListItem = z.infer<typeof leadListItemSchema>;

export const timelineEntrySchema = z.object({
  /** When it happened. */
  at: instantSchema,
  /** When it was recorded, by the database's clock. */
  recordedAt: instantSchema,
  type: z.string(),
  summary: z.string(),
  data: z.record(z.string(), z.unknown()),
});

/** A lead's story on one page. */
export const leadStorySchema = z.object({
  leadId: leadIdSchema,
  stage: stageSchema,
  test: z.boolean(),
  verdict: verdictSchema.nullable(),
  owner: ownerView.nullable(),
  /** Leads that proved to be this person. */
  mergedFrom: z.array(leadIdSchema),
  person: personSchema,
  company: companySchema,
  request: requestSchema,
  attribution: attributionSchema.partial(),
  /** What public forms said otherwise than what is known. */
  alternatives: z.array(z.unknown()),
  score: z.record(z.string(), z.unknown()).nullable(),
  clocks: z.array(
    z.object({
      milestone: z.string(),
      state: z.string(),
      dueAt: instantSchema,
      assignmentId: assignmentIdSchema.nullable(),
    }),
  ),
  timeline: z.array(timelineEntrySchema),
});
export type LeadStory = z.infer<typeof leadStorySchema>;

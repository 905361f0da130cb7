import { z } from 'zod';
import { leadFactsSchema, leadIdSchema, submissionIdSchema, temperatureSchema, verdictSchema } from '@relance/lead';
import { defineEvent } from '../define-event.js';
import type { DataOf } from '../define-event.js';

const points = z.number().min(0).max(100);

/** One line of the explanation of a score. */
export const scoreReasonSchema = z.object({
  part: z.enum(['required', 'fit', 'engagement', 'direct', 'disqualify', 'threshold']),
  rule: z.string(),
  outcome: z.enum(['true', 'false', 'unknown']),
  /** Points given; for an unknown one nothing, and `worth` says what it could bring. */
  points: z.number(),
  worth: z.number().optional(),
  /** A sentence without contact details. */
  says: z.string(),
});

/** A verdict on a lead, with its reasons. Carries the lead's facts with contact details. */
export const LeadScored = defineEvent({
  type: 'lead.scored',
  version: 1,
  key: (scored) => scored.leadId,
  revision: (scored) => scored.revision,
  data: z.object({
    leadId: leadIdSchema,
    /** Counts this lead's scores: 1, 2, 3 … */
    revision: z.number().int().positive(),
    /** The submission it answers; absent when engagement, decay or company news changed the score. */
    submissionId: submissionIdSchema.optional(),
    verdict: verdictSchema,
    fit: points,
    engagement: points,
    /** Fit as A to C, engagement as 1 to 3. */
    grade: z.string().regex(/^[ABC][123]$/),
    temperature: temperatureSchema,
    /** Qualified at once, by a `direct` rule. */
    direct: z.boolean(),
    reasons: z.array(scoreReasonSchema),
    /** Facts sales must have and that are missing: paths to ask for. */
    missing: z.array(z.string()),
    disqualifiedFor: z.string().optional(),
    definitionVersion: z.number().int().positive(),
    /** The lead's facts at this revision of theirs. */
    factsRevision: z.number().int().positive(),
    facts: leadFactsSchema,
    test: z.boolean(),
  }),
});
export type LeadScored = DataOf<typeof LeadScored>;

import { z } from 'zod';
import { instantSchema, leadFactsSchema, leadIdSchema, sourceKeySchema, submissionIdSchema } from '@relance/lead';
import { defineEvent } from '../define-event.js';
import type { DataOf } from '../define-event.js';

/** Someone gave us their details, for the first time or again. Carries the lead's facts with contact details. */
export const LeadReceived = defineEvent({
  type: 'lead.received',
  version: 1,
  key: (received) => received.leadId,
  revision: (received) => received.revision,
  data: z.object({
    leadId: leadIdSchema,
    submissionId: submissionIdSchema,
    revision: z.number().int().positive(),
    sourceKey: sourceKeySchema,
    /** The lead's facts after this submission. */
    facts: leadFactsSchema,
    /** What this submission itself asked for, whatever is known from earlier ones. */
    asks: z.object({ asksForContact: z.boolean() }),
    test: z.boolean(),
    /** What public forms said that contradicts the facts, oldest first. The path is one of the facts: `person.phone`. */
    alternatives: z
      .array(
        z.object({
          path: z.string(),
          value: z.union([z.string(), z.number(), z.boolean()]),
          at: instantSchema,
          sourceKey: sourceKeySchema,
        }),
      )
      .optional(),
  }),
});
export type LeadReceived = DataOf<typeof LeadReceived>;

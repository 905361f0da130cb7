import { z } from 'zod';
import { leadFactsSchema, leadIdSchema, trackKeySchema } from '@relance/lead';
import { defineEvent } from '../define-event.js';
import type { DataOf } from '../define-event.js';

/** The lead goes, or goes back, to marketing. Carries the lead's facts with contact details, which letters need. */
export const LeadNurtured = defineEvent({
  type: 'lead.nurtured',
  version: 1,
  key: (nurtured) => nurtured.leadId,
  data: z.object({
    leadId: leadIdSchema,
    /** The track routing asks for; absent = the default one. */
    track: trackKeySchema.optional(),
    /** `not-ready`, `incomplete`, or the reason of the return. */
    reason: z.string(),
    /** A calendar date (in the lead's own zone) before which nothing is sent. */
    resumeAt: z.iso.date().optional(),
    facts: leadFactsSchema,
  }),
});
export type LeadNurtured = DataOf<typeof LeadNurtured>;

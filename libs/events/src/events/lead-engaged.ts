import { z } from 'zod';
import { instantSchema, leadIdSchema, sourceKeySchema } from '@relance/lead';
import { defineEvent } from '../define-event.js';
import type { DataOf } from '../define-event.js';

/** They did something: opened, clicked, visited, attended, replied. */
export const LeadEngaged = defineEvent({
  type: 'lead.engaged',
  version: 1,
  key: (engaged) => engaged.leadId,
  data: z.object({
    leadId: leadIdSchema,
    /** `webinar.attended`, `page.viewed`, `email.clicked` … */
    kind: z.string(),
    at: instantSchema,
    sourceKey: sourceKeySchema.optional(),
    properties: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  }),
});
export type LeadEngaged = DataOf<typeof LeadEngaged>;

import { z } from 'zod';
import { assignmentIdSchema, leadIdSchema, memberKeySchema } from '@relance/lead';
import { defineEvent } from '../define-event.js';
import type { DataOf } from '../define-event.js';

/** What became of the owner's notification. */
export const LeadTold = defineEvent({
  type: 'lead.told',
  version: 1,
  key: (told) => told.leadId,
  data: z.object({
    leadId: leadIdSchema,
    assignmentId: assignmentIdSchema,
    member: memberKeySchema,
    channel: z.string(),
    receipt: z.enum(['sent', 'delivered', 'failed', 'opened']),
    /** Why it failed; no address. */
    reason: z.string().optional(),
  }),
});
export type LeadTold = DataOf<typeof LeadTold>;

import { z } from 'zod';
import { leadIdSchema } from '@relance/lead';
import { defineEvent } from '../define-event.js';
import type { DataOf } from '../define-event.js';

/** Two leads proved to be one person. Said twice, once under each key; `leadId` is the key it is said under. */
export const LeadMerged = defineEvent({
  type: 'lead.merged',
  version: 1,
  key: (merged) => merged.leadId,
  data: z.object({ leadId: leadIdSchema, winnerId: leadIdSchema, loserId: leadIdSchema }),
});
export type LeadMerged = DataOf<typeof LeadMerged>;

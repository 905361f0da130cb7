import { z } from 'zod';
import { leadIdSchema } from '@relance/lead';
import { defineEvent } from '../define-event.js';
import type { DataOf } from '../define-event.js';

/** A merge was taken back. Said twice, once under each key. What came in since stays where it was addressed. */
export const LeadUnmerged = defineEvent({
  type: 'lead.unmerged',
  version: 1,
  key: (unmerged) => unmerged.leadId,
  data: z.object({ leadId: leadIdSchema, winnerId: leadIdSchema, loserId: leadIdSchema }),
});
export type LeadUnmerged = DataOf<typeof LeadUnmerged>;

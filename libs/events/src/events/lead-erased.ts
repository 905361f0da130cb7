import { z } from 'zod';
import { leadIdSchema } from '@relance/lead';
import { defineEvent } from '../define-event.js';
import type { DataOf } from '../define-event.js';

/** Forget this person. Heard at once, even while the lead's earlier events are parked. */
export const LeadErased = defineEvent({
  type: 'lead.erased',
  version: 1,
  key: (erased) => erased.leadId,
  overtakes: true,
  data: z.object({ leadId: leadIdSchema }),
});
export type LeadErased = DataOf<typeof LeadErased>;

import { z } from 'zod';
import { enrolmentIdSchema, leadIdSchema, trackKeySchema } from '@relance/lead';
import { defineEvent } from '../define-event.js';
import type { DataOf } from '../define-event.js';

/** A step of a track ran or was held back, a track ended, or someone unsubscribed. */
export const NurtureProgressed = defineEvent({
  type: 'nurture.progressed',
  version: 1,
  key: (progressed) => progressed.leadId,
  data: z.object({
    leadId: leadIdSchema,
    enrolmentId: enrolmentIdSchema,
    track: trackKeySchema,
    what: z.enum([
      'enrolled',
      'step-ran',
      'letter-sent',
      'letter-refused',
      'suspended',
      'resumed',
      'ended',
      'unsubscribed',
    ]),
    step: z.string().optional(),
    reason: z.string().optional(),
  }),
});
export type NurtureProgressed = DataOf<typeof NurtureProgressed>;

import { z } from 'zod';
import {
  holdingIdSchema,
  leadIdSchema,
  memberKeySchema,
  poolKeySchema,
  ruleKeySchema,
  teamKeySchema,
  traitsSchema,
} from '@relance/lead';
import { defineEvent } from '../define-event.js';
import type { DataOf } from '../define-event.js';

/** Nobody may take the lead now. */
export const LeadHeld = defineEvent({
  type: 'lead.held',
  version: 1,
  key: (held) => held.leadId,
  data: z.object({
    leadId: leadIdSchema,
    holdingId: holdingIdSchema,
    pool: poolKeySchema.optional(),
    rule: ruleKeySchema.optional(),
    /** A sentence: what it waits for. */
    waitsFor: z.string(),
    /** The team that the pool's members belong to, where they share one. */
    team: teamKeySchema.optional(),
    managers: z.array(memberKeySchema),
    traits: traitsSchema,
  }),
});
export type LeadHeld = DataOf<typeof LeadHeld>;

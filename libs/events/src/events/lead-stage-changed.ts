import { z } from 'zod';
import { assignmentIdSchema, leadIdSchema, memberKeySchema, stageSchema } from '@relance/lead';
import { defineEvent } from '../define-event.js';
import type { DataOf } from '../define-event.js';

/** The lead moved: accepted, returned, rejected, qualified, won, lost, stopped, reassigned after silence, or by a verdict. */
export const LeadStageChanged = defineEvent({
  type: 'lead.stage-changed',
  version: 1,
  key: (changed) => changed.leadId,
  data: z.object({
    leadId: leadIdSchema,
    from: stageSchema,
    to: stageSchema,
    /** The move: `accept`, `return`, `silence` … (`StageMove` of the lead's language). */
    move: z.string(),
    reason: z.string().optional(),
    /** The assignment it was done on, where there was one, and its owner. */
    assignmentId: assignmentIdSchema.optional(),
    round: z.number().int().positive().optional(),
    member: memberKeySchema.optional(),
    /** True when the move ended the assignment: nobody owes an answer any more. */
    endsAssignment: z.boolean(),
    /** A member key, `administrator`, or `routing` for what it decided itself. */
    by: z.string(),
  }),
});
export type LeadStageChanged = DataOf<typeof LeadStageChanged>;

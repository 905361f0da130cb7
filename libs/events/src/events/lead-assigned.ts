import { z } from 'zod';
import {
  assignmentIdSchema,
  leadIdSchema,
  memberKeySchema,
  poolKeySchema,
  ruleKeySchema,
  submissionIdSchema,
  teamKeySchema,
  traitsSchema,
} from '@relance/lead';
import { frozenCalendarSchema } from '@relance/working-time';
import { defineEvent } from '../define-event.js';
import type { DataOf } from '../define-event.js';

/** A person owns the lead: why, in which round, and by which calendar their promise counts. */
export const LeadAssigned = defineEvent({
  type: 'lead.assigned',
  version: 1,
  key: (assigned) => assigned.leadId,
  data: z.object({
    leadId: leadIdSchema,
    assignmentId: assignmentIdSchema,
    round: z.number().int().positive(),
    /** `asked-again`: same assignment and owner, next round. `manual`: a manager said so. */
    kind: z.enum(['first', 'reassigned', 'asked-again', 'manual', 'released-hold', 'returned-to-manager']),
    member: memberKeySchema,
    team: teamKeySchema,
    /** Whose turn it is to hear of a breach, besides the owner. */
    managers: z.array(memberKeySchema),
    /** The assignment that this one replaces, and who had it. */
    previous: z.object({ assignmentId: assignmentIdSchema, member: memberKeySchema }).optional(),
    submissionId: submissionIdSchema.optional(),
    pool: poolKeySchema.optional(),
    rule: ruleKeySchema.optional(),
    /** A sentence: why this person. No contact details. */
    why: z.string(),
    /** The owner's calendar with its public holidays fixed. */
    calendar: frozenCalendarSchema,
    traits: traitsSchema,
  }),
});
export type LeadAssigned = DataOf<typeof LeadAssigned>;

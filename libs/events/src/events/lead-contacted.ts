import { z } from 'zod';
import {
  assignmentIdSchema,
  channelSchema,
  contactIdSchema,
  gradeSchema,
  instantSchema,
  leadIdSchema,
  memberKeySchema,
} from '@relance/lead';
import { defineEvent } from '../define-event.js';
import type { DataOf } from '../define-event.js';

/** A follow-up was made. */
export const LeadContacted = defineEvent({
  type: 'lead.contacted',
  version: 1,
  key: (contacted) => contacted.leadId,
  data: z.object({
    leadId: leadIdSchema,
    contactId: contactIdSchema,
    assignmentId: assignmentIdSchema,
    round: z.number().int().positive(),
    /** Whether the assignment was still the active one when the contact was recorded. */
    assignment: z.enum(['current', 'superseded']),
    /** The owner of the assignment, for whom it was made. */
    member: memberKeySchema,
    /** Who recorded it: a member, or `administrator`. */
    recordedBy: z.string(),
    channel: channelSchema,
    /** A code of the team's table of outcomes: `NRP`, `RDV` … */
    outcome: z.string(),
    grade: gradeSchema,
    /** When it was made, as stated. The envelope's `recordedat` is when it was recorded. */
    at: instantSchema,
    nextFollowUpAt: instantSchema.optional(),
  }),
});
export type LeadContacted = DataOf<typeof LeadContacted>;

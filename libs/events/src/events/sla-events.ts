import { z } from 'zod';
import {
  assignmentIdSchema,
  clockIdSchema,
  gradeSchema,
  holdingIdSchema,
  instantSchema,
  leadIdSchema,
  memberKeySchema,
  milestoneKeySchema,
  policyKeySchema,
  teamKeySchema,
} from '@relance/lead';
import { defineEvent } from '../define-event.js';
import type { DataOf } from '../define-event.js';

/** Which promise it is about. */
const promise = {
  leadId: leadIdSchema,
  clockId: clockIdSchema,
  policy: policyKeySchema,
  milestone: milestoneKeySchema,
  assignmentId: assignmentIdSchema.optional(),
  holdingId: holdingIdSchema.optional(),
  round: z.number().int().positive().optional(),
  member: memberKeySchema.optional(),
  team: teamKeySchema.optional(),
};

/** A promise runs until `dueAt`. */
export const SlaStarted = defineEvent({
  type: 'sla.started',
  version: 1,
  key: (started) => started.leadId,
  data: z.object({ ...promise, startedAt: instantSchema, dueAt: instantSchema, explanation: z.string() }),
});
export type SlaStarted = DataOf<typeof SlaStarted>;

/** A promise ended without an answer being owed. */
export const SlaStopped = defineEvent({
  type: 'sla.stopped',
  version: 1,
  key: (stopped) => stopped.leadId,
  data: z.object({ ...promise, reason: z.string() }),
});
export type SlaStopped = DataOf<typeof SlaStopped>;

/** A running promise falls due soon. */
export const SlaWarned = defineEvent({
  type: 'sla.warned',
  version: 1,
  key: (warned) => warned.leadId,
  data: z.object({ ...promise, dueAt: instantSchema, after: z.string() }),
});
export type SlaWarned = DataOf<typeof SlaWarned>;

/** A promise was broken. Said once for each clock, and again only for a later step that reassigns. */
export const SlaBreached = defineEvent({
  type: 'sla.breached',
  version: 1,
  key: (breached) => breached.leadId,
  data: z.object({
    ...promise,
    startedAt: instantSchema,
    dueAt: instantSchema,
    firedAt: instantSchema,
    latenessMs: z.number().int().nonnegative(),
    /** The grade of contact that would have kept it, where it asked for one. */
    evidence: gradeSchema.optional(),
    actions: z.array(z.enum(['alert', 'reassign'])),
    /** Where the time went: `told-not-opened`, `held`, `scoring-lag` … */
    cause: z.string(),
  }),
});
export type SlaBreached = DataOf<typeof SlaBreached>;

/** A promise was kept. */
export const SlaMet = defineEvent({
  type: 'sla.met',
  version: 1,
  key: (met) => met.leadId,
  data: z.object({
    ...promise,
    dueAt: instantSchema,
    metAt: instantSchema,
    by: z.string(),
    grade: gradeSchema.optional(),
  }),
});
export type SlaMet = DataOf<typeof SlaMet>;

/** A breach was told, and then a contact proved to have been made in time. Both times stay on the record. */
export const SlaWithdrawn = defineEvent({
  type: 'sla.withdrawn',
  version: 1,
  key: (withdrawn) => withdrawn.leadId,
  data: z.object({ ...promise, dueAt: instantSchema, breachedAt: instantSchema, metAt: instantSchema }),
});
export type SlaWithdrawn = DataOf<typeof SlaWithdrawn>;

import { z } from 'zod';
import { memberKeySchema, memberRoleSchema, teamKeySchema } from '@relance/lead';
import { frozenCalendarSchema } from '@relance/working-time';
import { defineEvent } from '../define-event.js';
import type { DataOf } from '../define-event.js';

/** A person, their team, manager, address or calendar changed. A snapshot. */
export const MemberChanged = defineEvent({
  type: 'member.changed',
  version: 1,
  topic: 'relance.members',
  key: (changed) => changed.member,
  revision: (changed) => changed.revision,
  data: z.object({
    member: memberKeySchema,
    revision: z.number().int().positive(),
    name: z.string(),
    email: z.string(),
    team: teamKeySchema,
    role: memberRoleSchema,
    managers: z.array(memberKeySchema),
    active: z.boolean(),
    available: z.boolean(),
    calendar: frozenCalendarSchema,
  }),
});
export type MemberChanged = DataOf<typeof MemberChanged>;

import { z } from 'zod';
import { memberRoleSchema } from '@relance/lead';
import { calendarSchema } from '@relance/working-time';
import { rateCapSchema } from '../decide/organisation.js';

/** `PUT /api/routing/teams/{key}` */
export const teamInputSchema = z.object({ name: z.string().trim().min(1).max(200), calendar: calendarSchema });
export type TeamInput = z.infer<typeof teamInputSchema>;

/** `PUT /api/routing/members/{key}` */
export const memberInputSchema = z.object({
  name: z.string().trim().min(1).max(200),
  email: z.email().max(320),
  team: z.string().min(1).max(63),
  role: memberRoleSchema.default('rep'),
  weight: z.number().positive().max(1_000).default(1),
  openWorkCap: z.int().nonnegative().max(1_000_000).nullable().default(null),
  rateCaps: z.array(rateCapSchema).max(3).default([]),
  available: z.boolean().default(true),
  active: z.boolean().default(true),
  calendar: calendarSchema.nullable().default(null),
  languages: z
    .array(z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a BCP 47 language'))
    .max(50)
    .default([]),
  namedAccounts: z.array(z.string().trim().toLowerCase().min(3).max(253)).max(10_000).default([]),
});
export type MemberInput = z.infer<typeof memberInputSchema>;

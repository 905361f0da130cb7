import { createHash } from 'node:crypto';
import { z } from 'zod';
import { consentSchema, personSchema } from '@relance/lead';
import type { LeadFacts } from '@relance/lead';

/** What letters need to know of a person, and no more. */
export const letterFactsSchema = z.object({
  person: personSchema.pick({
    email: true,
    firstName: true,
    lastName: true,
    fullName: true,
    language: true,
    country: true,
  }),
  company: z.object({ name: z.string().optional() }),
  consents: z.array(consentSchema),
});
export type LetterFacts = z.infer<typeof letterFactsSchema>;

export function letterFactsOf(facts: LeadFacts): LetterFacts {
  return letterFactsSchema.parse(facts);
}

/** How an address is known once the address itself is not kept: SHA-256 of it in lower case, in hexadecimal. */
export function emailHashOf(email: string): string {
  return createHash('sha256').update(email.trim().toLowerCase()).digest('hex');
}

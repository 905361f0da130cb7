import { z } from 'zod';
import { companyIdSchema, companySchema, instantSchema } from '@relance/lead';
import { defineEvent } from '../define-event.js';
import type { DataOf } from '../define-event.js';

/** Firmographics or a business signal about a company. */
export const CompanyEnriched = defineEvent({
  type: 'company.enriched',
  version: 1,
  topic: 'relance.companies',
  key: (enriched) => enriched.companyId,
  revision: (enriched) => enriched.revision,
  data: z.object({
    companyId: companyIdSchema,
    revision: z.number().int().positive(),
    facts: companySchema,
    signal: z.object({ kind: z.string(), at: instantSchema, halfLifeDays: z.number().positive() }).optional(),
  }),
});
export type CompanyEnriched = DataOf<typeof CompanyEnriched>;

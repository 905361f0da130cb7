import { z } from 'zod';
import { sourceKeySchema } from '@relance/lead';
import { factPathOf } from '../decide/fact-path.js';
import { understoodField } from '../decide/field-names.js';
import { normaliseCountry } from '../decide/normalise-country.js';
import { normaliseLanguage } from '../decide/normalise-language.js';
import { sourceKinds } from '../store/live-source.js';

const httpUrl = z
  .string()
  .max(2_000)
  .refine((text) => ['http:', 'https:'].includes(URL.parse(text)?.protocol ?? ''), {
    error: 'must be an http or https URL',
  });

const origin = z
  .string()
  .max(300)
  .refine(
    (text) => text === '*' || (/^https?:$/.test(URL.parse(text)?.protocol ?? '') && URL.parse(text)?.origin === text),
    {
      error: 'must be an origin like https://www.example.org, without a path, or *',
    },
  );

const fieldName = z.string().min(1).max(200);

export const sourceSettingsSchema = z.strictObject({
  allowedOrigins: z.array(origin).max(100).optional(),
  redirectUrls: z.array(httpUrl).max(100).optional(),
  honeypot: fieldName.optional(),
  rateLimit: z
    .union([z.literal('none'), z.strictObject({ perMinute: z.number().int().min(1).max(1_000_000) })], {
      error: 'must be "none" or {"perMinute": a whole number}',
    })
    .optional(),
  consentWording: z.string().min(1).max(5_000).optional(),
});

const mappingSchema = z.record(
  fieldName,
  z.string().refine((path) => factPathOf(path) !== null, { error: 'is not the path of a fact, like person.jobTitle' }),
);

const defaultsSchema = z
  .record(fieldName, z.union([z.string().min(1).max(500), z.number(), z.boolean()]).transform(String))
  .superRefine((defaults, context) => {
    for (const [field, value] of Object.entries(defaults)) {
      const path = factPathOf(field) ?? understoodField(field);
      const issue = (message: string): void => context.addIssue({ code: 'custom', path: [field], message });
      if (path === null || path.startsWith('control.'))
        issue('is neither a field that is understood nor the path of a fact');
      if ((path === 'person.country' || path === 'company.country') && normaliseCountry(value) !== value)
        issue('must be an ISO 3166-1 alpha-2 code, like FR');
      if (path === 'person.language' && normaliseLanguage(value) !== value) issue('must be a BCP 47 tag, like fr-FR');
    }
  });

/** Everything about a source that people decide, as a whole. */
export const sourceDocumentSchema = z.strictObject({
  kind: z.enum(sourceKinds, { error: `must be one of: ${sourceKinds.join(', ')}` }),
  name: z.string().trim().min(1).max(200),
  enabled: z.boolean().default(true),
  settings: sourceSettingsSchema.default({}),
  mapping: mappingSchema.default({}),
  defaults: defaultsSchema.default({}),
});

export const secretSchema = z.string().min(8).max(500);

export const newSourceSchema = sourceDocumentSchema.extend({ key: sourceKeySchema, secret: secretSchema.optional() });
export const sourcePatchSchema = z.record(z.string(), z.unknown());
export const newSecretSchema = z.strictObject({ secret: secretSchema });

export type NewSource = z.infer<typeof newSourceSchema>;
export type SourcePatch = z.infer<typeof sourcePatchSchema>;
export type NewSecret = z.infer<typeof newSecretSchema>;

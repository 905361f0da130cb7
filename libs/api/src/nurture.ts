import { z } from 'zod';
import { enrolmentIdSchema, instantSchema, leadIdSchema, trackKeySchema } from '@relance/lead';
import { durationSchema } from '@relance/working-time';

const templateKeySchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'must be 1 to 63 of a-z 0-9 - _, starting with a letter or digit');

/** What a template may say of the lead: `{{firstName}}`, or `{{firstName|there}}` with what to say when it is not known. */
export const letterFields = ['firstName', 'lastName', 'fullName', 'company'] as const;
export type LetterField = (typeof letterFields)[number];

const placeholder = /\{\{([^{}|]*)(?:\|[^{}]*)?\}\}/g;
const known: ReadonlySet<string> = new Set(letterFields);

const templated = (schema: z.ZodString): z.ZodType<string> =>
  schema.refine((text) => [...text.matchAll(placeholder)].every(([, name = '']) => known.has(name.trim())), {
    error: `may name ${letterFields.map((field) => `{{${field}}}`).join(', ')} only`,
  });

const letterTextSchema = z.strictObject({
  subject: templated(
    z
      .string()
      .trim()
      .min(1)
      .max(200)
      .regex(/^\P{Cc}*$/u, 'must be one line'),
  ),
  /** Plain text; an empty line begins a paragraph. The HTML part is made from it, and so is the footer. */
  text: templated(z.string().trim().min(1).max(20_000)),
});

export const letterTemplateSchema = z.strictObject({ en: letterTextSchema, fr: letterTextSchema });
export type LetterTemplate = z.infer<typeof letterTemplateSchema>;

export const trackStepSchema = z.union([
  z.strictObject({ wait: durationSchema }),
  /** The beginning of that day in the lead's own zone. */
  z.strictObject({ waitUntil: z.iso.date() }),
  z.strictObject({ email: z.strictObject({ template: templateKeySchema }) }),
  z.strictObject({ exit: z.literal(true) }),
]);
export type TrackStep = z.infer<typeof trackStepSchema>;

/** What is sent, in which order. */
export const trackSchema = z
  .strictObject({
    name: z.string().trim().min(1).max(120),
    steps: z.array(trackStepSchema).min(1).max(50),
    templates: z.record(templateKeySchema, letterTemplateSchema),
  })
  .superRefine((track, context) => {
    for (const [index, step] of track.steps.entries()) {
      if ('email' in step && !Object.hasOwn(track.templates, step.email.template))
        context.addIssue({
          code: 'custom',
          path: ['steps', index, 'email', 'template'],
          message: 'is not one of the templates',
        });
    }
  });
export type Track = z.infer<typeof trackSchema>;

export const trackViewSchema = z.object({
  key: trackKeySchema,
  version: z.number().int().positive(),
  isDefault: z.boolean(),
  name: z.string(),
  steps: z.array(trackStepSchema),
  templates: z.record(z.string(), letterTemplateSchema),
});
export type TrackView = z.infer<typeof trackViewSchema>;

/** Which enrolments or letters to list, newest first. */
export const nurtureQuerySchema = z.object({
  leadId: leadIdSchema.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(1_000).optional(),
});
export type NurtureQuery = z.infer<typeof nurtureQuerySchema>;

export const enrolmentViewSchema = z.object({
  enrolmentId: enrolmentIdSchema,
  leadId: leadIdSchema,
  track: trackKeySchema,
  trackVersion: z.number().int(),
  status: z.enum(['active', 'suspended', 'ended']),
  /** The step that comes next, counted from 0. */
  step: z.number().int(),
  dueAt: instantSchema.nullable(),
  resumeAt: z.iso.date().nullable(),
  startedAt: instantSchema,
  endedAt: instantSchema.nullable(),
  endReason: z.string().nullable(),
});
export type EnrolmentView = z.infer<typeof enrolmentViewSchema>;

export const sendViewSchema = z.object({
  sendId: z.uuid(),
  enrolmentId: enrolmentIdSchema,
  leadId: leadIdSchema,
  step: z.number().int(),
  attempt: z.number().int(),
  messageId: z.string(),
  status: z.enum(['pending', 'sent', 'refused']),
  /** What held it back, when it is refused. */
  guard: z.string().nullable(),
  at: instantSchema,
});
export type SendView = z.infer<typeof sendViewSchema>;

export const suppressionReasonSchema = z.enum(['unsubscribed', 'bounce', 'complaint', 'do-not-contact']);
export type SuppressionReason = z.infer<typeof suppressionReasonSchema>;

/** An address that nothing is sent to any more. */
export const suppressionRequestSchema = z.strictObject({ email: z.email().max(320), reason: suppressionReasonSchema });
export type SuppressionRequest = z.infer<typeof suppressionRequestSchema>;

export const suppressionViewSchema = z.object({
  /** SHA-256 of the lower-cased address, in hexadecimal. */
  emailHash: z.string(),
  reason: suppressionReasonSchema,
  at: instantSchema,
});
export type SuppressionView = z.infer<typeof suppressionViewSchema>;

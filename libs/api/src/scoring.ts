import { z } from 'zod';
import {
  attributionSchema,
  companySchema,
  consentSchema,
  instantSchema,
  leadIdSchema,
  personSchema,
  requestSchema,
  submissionIdSchema,
  temperatureSchema,
  verdictSchema,
} from '@relance/lead';
import { conditionSchema, explanationSchema } from '@relance/rules';

const ruleKeySchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'must be 1 to 63 of a-z 0-9 - _, starting with a letter or digit');
const labelSchema = z.string().trim().min(1).max(120);
const pathSchema = z.string().min(1).max(200);
const days = z.number().positive().max(3_650);
const threshold = z.number().int().min(0).max(100);
const gradeOfScoreSchema = z.string().regex(/^[ABC][123]$/, 'must be A1 to C3');

/** What a rule makes of a fact that is missing: nothing, the benefit of the doubt, or a question to the lead. */
const onUnknownSchema = z.enum(['no', 'yes', 'ask']);

/** A fact sales must have: one of the paths is enough. The first is the one to ask for. */
const requiredFactSchema = z.strictObject({
  key: ruleKeySchema,
  label: labelSchema.exactOptional(),
  anyOf: z.array(pathSchema).min(1).max(10),
});

const fitRuleSchema = z.strictObject({
  key: ruleKeySchema,
  label: labelSchema.exactOptional(),
  when: conditionSchema,
  /** Given when the condition holds; below 0 for what speaks against a lead. */
  points: z.number().int().min(-100).max(100),
  onUnknown: onUnknownSchema,
});

const engagementRuleSchema = z.strictObject({
  key: ruleKeySchema,
  label: labelSchema.exactOptional(),
  /** `webinar.attended`; `company.*` is every kind that begins with `company.`. */
  kind: z.string().regex(/^[a-z0-9_-]+(\.[a-z0-9_-]+)*(\.\*)?$/i, 'must be a kind such as page.viewed, or page.*'),
  /** On the engagement: `properties.…`, `sourceKey`. Without one every engagement of the kind counts. */
  when: conditionSchema.nullable().exactOptional(),
  /** For each engagement, at the instant it happened. */
  points: z.number().int().min(1).max(100),
  /** Days after which an engagement is worth half. */
  halfLifeDays: days,
  /** The most that the rule gives. */
  cap: z.number().int().min(1).max(100),
  /** Days after which an engagement is worth nothing. */
  windowDays: days.exactOptional(),
  /** Engagements within the window below which the rule gives nothing. */
  atLeast: z.number().int().min(1).max(1_000).exactOptional(),
});

const directRuleSchema = z.strictObject({
  key: ruleKeySchema,
  label: labelSchema.exactOptional(),
  when: conditionSchema,
});

const disqualifyRuleSchema = z.strictObject({
  key: ruleKeySchema,
  label: labelSchema.exactOptional(),
  when: conditionSchema,
  /** The coded reason: `student`, `competitor`, `out-of-market` … */
  reason: ruleKeySchema,
});

const thresholdsSchema = z.strictObject({
  /** Qualified from this fit on, together with `engagement`. */
  fit: threshold,
  engagement: threshold,
  /** Points from which a lead is an A or B (else C), and a 1 or 2 (else 3). */
  grid: z.strictObject({
    fit: z.strictObject({ A: threshold, B: threshold }),
    engagement: z.strictObject({ 1: threshold, 2: threshold }),
  }),
  /** Grades that are hot, and warm; the others are cold. Who asks to be contacted is hot in any case. */
  temperature: z.strictObject({
    hot: z.array(gradeOfScoreSchema).max(9),
    warm: z.array(gradeOfScoreSchema).max(9),
  }),
});

/** The qualified-lead definition: the contract between marketing and sales. */
export const scoringDefinitionSchema = z.strictObject({
  name: labelSchema,
  required: z.array(requiredFactSchema).max(20),
  fit: z.array(fitRuleSchema).max(200),
  engagement: z.array(engagementRuleSchema).max(200),
  direct: z.array(directRuleSchema).max(50),
  disqualify: z.array(disqualifyRuleSchema).max(100),
  thresholds: thresholdsSchema,
});
export type ScoringDefinition = z.infer<typeof scoringDefinitionSchema>;

export const scoringDefinitionListItemSchema = z.object({
  version: z.number().int().positive(),
  state: z.enum(['draft', 'proposed', 'scheduled', 'in-force', 'superseded']),
  name: z.string(),
  /** Made by the installation itself; nobody has signed it. */
  isStarter: z.boolean(),
  /** SHA-256 of the canonical JSON of the document, in hex. */
  hash: z.string(),
  createdAt: instantSchema,
  inForceSince: instantSchema.nullable(),
});
export type ScoringDefinitionListItem = z.infer<typeof scoringDefinitionListItemSchema>;

export const scoringDefinitionViewSchema = scoringDefinitionListItemSchema.extend({
  document: scoringDefinitionSchema,
});
export type ScoringDefinitionView = z.infer<typeof scoringDefinitionViewSchema>;

const propertiesSchema = z.record(z.string().max(200), z.union([z.string().max(2_000), z.number(), z.boolean()]));

/** What would a definition say of this lead? Without a definition: the one in force. */
export const scoringPreviewRequestSchema = z.strictObject({
  definition: scoringDefinitionSchema.exactOptional(),
  facts: z.strictObject({
    person: personSchema.strict().default({}),
    company: companySchema.strict().default({}),
    request: requestSchema.strict().default({}),
    attribution: attributionSchema.partial().strict().default({}),
    consents: z.array(consentSchema).default([]),
    test: z.boolean().exactOptional(),
    flagged: z.array(z.string()).exactOptional(),
    occurredAt: instantSchema.exactOptional(),
    receivedAt: instantSchema.exactOptional(),
  }),
  engagements: z
    .array(
      z.strictObject({
        kind: z.string().min(1).max(200),
        at: instantSchema,
        sourceKey: z.string().max(63).exactOptional(),
        properties: propertiesSchema.default({}),
      }),
    )
    .max(1_000)
    .default([]),
});
export type ScoringPreviewRequest = z.infer<typeof scoringPreviewRequestSchema>;

const points = z.number().min(0).max(100);

/** One line of why. */
export const scoreReasonViewSchema = z.object({
  part: z.enum(['required', 'fit', 'engagement', 'direct', 'disqualify', 'threshold']),
  rule: z.string(),
  outcome: z.enum(['true', 'false', 'unknown']),
  points: z.number(),
  /** What an unknown one could bring. */
  worth: z.number().optional(),
  /** A sentence without contact details. */
  says: z.string(),
});
export type ScoreReasonView = z.infer<typeof scoreReasonViewSchema>;

const verdictViewSchema = z.object({
  verdict: verdictSchema,
  fit: points,
  engagement: points,
  grade: gradeOfScoreSchema,
  temperature: temperatureSchema,
  /** Qualified at once, by a `direct` rule. */
  direct: z.boolean(),
  missing: z.array(z.string()),
  disqualifiedFor: z.string().nullable(),
  reasons: z.array(scoreReasonViewSchema),
});

export const scoringPreviewViewSchema = verdictViewSchema.extend({
  /** Null for a definition that was sent along. */
  definitionVersion: z.number().int().positive().nullable(),
  /** When decay alone changes the answer; null when it never does. */
  changesAt: instantSchema.nullable(),
  /** Every rule with what it found, those that gave nothing too. Quotes the facts that were sent. */
  explanation: z.array(scoreReasonViewSchema.extend({ explanation: explanationSchema.nullable() })),
});
export type ScoringPreviewView = z.infer<typeof scoringPreviewViewSchema>;

/** One score of a lead, as it was said then. */
export const scoreViewSchema = verdictViewSchema.extend({
  /** Counts the lead's scores. */
  revision: z.number().int().positive(),
  at: instantSchema,
  /** What led to it. */
  cause: z.enum(['submission', 'engagement', 'contact', 'company', 'merge', 'decay']),
  submissionId: submissionIdSchema.nullable(),
  definitionVersion: z.number().int().positive(),
  factsRevision: z.number().int().positive(),
});
export type ScoreView = z.infer<typeof scoreViewSchema>;

export const leadScoreViewSchema = z.object({
  /** The lead that is scored: the winner, where the one asked for was merged. */
  leadId: leadIdSchema,
  score: scoreViewSchema,
  /** When decay alone changes the score; null when it never does. */
  changesAt: instantSchema.nullable(),
  /** The latest 50, newest first, the present one included. */
  history: z.array(scoreViewSchema),
});
export type LeadScoreView = z.infer<typeof leadScoreViewSchema>;

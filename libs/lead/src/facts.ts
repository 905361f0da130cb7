import { z } from 'zod';
import { companyIdSchema, sourceKeySchema } from './ids.js';
import { instantSchema } from './instant.js';

const text = z.string();

/** Work address, free mail provider, or a throw-away one. */
export const emailKindSchema = z.enum(['work', 'free', 'disposable']);

export const personSchema = z.object({
  fullName: text.optional(),
  firstName: text.optional(),
  lastName: text.optional(),
  email: text.optional(),
  emailKind: emailKindSchema.optional(),
  phone: text.optional(),
  jobTitle: text.optional(),
  language: text.optional(),
  country: text.optional(),
  region: text.optional(),
  city: text.optional(),
  postalCode: text.optional(),
});

export const companySchema = z.object({
  companyId: companyIdSchema.optional(),
  name: text.optional(),
  domain: text.optional(),
  website: text.optional(),
  employees: z.number().optional(),
  annualRevenue: z.number().optional(),
  industry: text.optional(),
  country: text.optional(),
});

export const requestSchema = z.object({
  message: text.optional(),
  product: text.optional(),
  budget: text.optional(),
  timeline: text.optional(),
  asksForContact: z.boolean().optional(),
  preferredChannel: text.optional(),
  preferredTime: text.optional(),
  answers: z.array(z.object({ question: text, answer: text })).optional(),
});

export const touchSchema = z.object({ at: instantSchema, sourceKey: sourceKeySchema });

export const attributionSchema = z.object({
  sourceKey: sourceKeySchema,
  platform: text.optional(),
  campaign: text.optional(),
  adGroup: text.optional(),
  ad: text.optional(),
  form: text.optional(),
  utm: z.record(z.string(), text).optional(),
  clickIds: z.record(z.string(), text).optional(),
  landingUrl: text.optional(),
  referrer: text.optional(),
  firstTouch: touchSchema.optional(),
  lastTouch: touchSchema.optional(),
});

export const consentSchema = z.object({
  purpose: text,
  granted: z.boolean(),
  wording: text.optional(),
  wordingHash: text.optional(),
  at: instantSchema,
  url: text.optional(),
  evidence: z.record(z.string(), text).optional(),
});

/** Everything known about a lead at one revision. A field that is not known is absent, never null or empty. */
export const leadFactsSchema = z.object({
  person: personSchema,
  company: companySchema,
  request: requestSchema,
  attribution: attributionSchema,
  consents: z.array(consentSchema),
  /** True only when all submissions of the lead are tests. */
  test: z.boolean(),
  /** Fields whose value did not normalise and is kept as given, by path: `person.phone`. */
  flagged: z.array(text).optional(),
  occurredAt: instantSchema,
  receivedAt: instantSchema,
});
export type LeadFacts = z.infer<typeof leadFactsSchema>;
export type Person = z.infer<typeof personSchema>;
export type Company = z.infer<typeof companySchema>;
export type LeadRequest = z.infer<typeof requestSchema>;
export type Attribution = z.infer<typeof attributionSchema>;
export type Consent = z.infer<typeof consentSchema>;

/** What may be decided on without knowing whom to call: facts without name, address, phone, message or answers. */
export const traitsSchema = z.object({
  person: personSchema.omit({ fullName: true, firstName: true, lastName: true, email: true, phone: true }),
  company: companySchema,
  request: requestSchema.omit({ message: true, answers: true }),
  attribution: attributionSchema.omit({ landingUrl: true, referrer: true }),
  test: z.boolean(),
  occurredAt: instantSchema,
  receivedAt: instantSchema,
});
export type Traits = z.infer<typeof traitsSchema>;

/** The facts without contact details. Keeps every other field as it is. */
export function traitsOf(facts: LeadFacts): Traits {
  const {
    fullName: _fullName,
    firstName: _firstName,
    lastName: _lastName,
    email: _email,
    phone: _phone,
    ...person
  } = facts.person;
  const { message: _message, answers: _answers, ...request } = facts.request;
  const { landingUrl: _landingUrl, referrer: _referrer, ...attribution } = facts.attribution;
  return {
    person,
    company: facts.company,
    request,
    attribution,
    test: facts.test,
    occurredAt: facts.occurredAt,
    receivedAt: facts.receivedAt,
  };
}

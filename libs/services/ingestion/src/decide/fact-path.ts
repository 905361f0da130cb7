import type { Company, LeadRequest, Person } from '@relance/lead';

/** Where a field goes: the facts' own paths, and what steers us without being a fact. */
export type FactPath =
  | `person.${Exclude<keyof Person, 'emailKind'>}`
  | `company.${Exclude<keyof Company, 'companyId' | 'domain'>}`
  | `request.${Exclude<keyof LeadRequest, 'answers'>}`
  | `attribution.${'platform' | 'campaign' | 'adGroup' | 'ad' | 'form' | 'landingUrl' | 'referrer'}`
  | `attribution.utm.${string}`
  | `attribution.clickIds.${string}`
  | 'consents.marketing'
  | 'consents.wording'
  | `consents.evidence.${string}`
  | 'test'
  | 'control.redirect'
  | 'control.idempotencyKey'
  | 'control.lastName'
  | 'control.ignored';

/** Click ids of the platforms that can be told later what became of a click. */
export const clickIds = ['gclid', 'gbraid', 'wbraid', 'fbclid', 'li_fat_id', 'msclkid', 'ttclid'] as const;

const paths: readonly FactPath[] = [
  ...(['fullName', 'firstName', 'lastName', 'email', 'phone', 'jobTitle', 'language', 'country'] as const).map(
    (field) => `person.${field}` as const,
  ),
  ...(['region', 'city', 'postalCode'] as const).map((field) => `person.${field}` as const),
  ...(['name', 'website', 'employees', 'annualRevenue', 'industry', 'country'] as const).map(
    (field) => `company.${field}` as const,
  ),
  ...(['message', 'product', 'budget', 'timeline', 'asksForContact', 'preferredChannel', 'preferredTime'] as const).map(
    (field) => `request.${field}` as const,
  ),
  ...(['platform', 'campaign', 'adGroup', 'ad', 'form', 'landingUrl', 'referrer'] as const).map(
    (field) => `attribution.${field}` as const,
  ),
  'consents.marketing',
  'consents.wording',
  'test',
];

const known: ReadonlyMap<string, FactPath> = new Map(paths.map((path) => [path, path]));
const named = /^(attribution\.utm|attribution\.clickIds|consents\.evidence)\.([a-z][a-z0-9_]{0,39})$/i;

/** The path that a mapping or a default may name, or null when there is no such fact. */
export function factPathOf(text: string): FactPath | null {
  return known.get(text) ?? (named.test(text) ? (text as FactPath) : null);
}

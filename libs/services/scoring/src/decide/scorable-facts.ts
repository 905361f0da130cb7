import type { Attribution, Company, Consent, LeadFacts, LeadRequest, Person } from '@relance/lead';

/** What scoring looks at of a lead's facts. */
export interface ScorableFacts {
  readonly person: Person;
  readonly company: Company;
  readonly request: LeadRequest;
  readonly attribution: { readonly [Field in keyof Attribution]?: Attribution[Field] | undefined };
  readonly consents?: readonly Consent[];
  readonly occurredAt?: string | undefined;
  readonly receivedAt?: string | undefined;
}

/**
 * The facts as one submission puts its request: whether it asks for contact is its own business, whatever an earlier
 * one asked.
 */
export function asAsked(facts: LeadFacts, asksForContact: boolean): LeadFacts {
  return { ...facts, request: { ...facts.request, asksForContact } };
}

/**
 * Fills what is empty of a company's facts with what is known about it. Its name stays as the lead gave it: a name that
 * was looked up is not one that was given.
 */
export function withCompany<Facts extends { readonly company: Company }>(facts: Facts, known: Company | null): Facts {
  if (known === null) return facts;
  const { name: _name, companyId: _companyId, ...firmographics } = known;
  const filled: Record<string, unknown> = { ...facts.company };
  for (const [field, value] of Object.entries(firmographics)) filled[field] ??= value;
  return { ...facts, company: filled };
}

import { createHash } from 'node:crypto';
import type { Company, Consent, LeadFacts, Person, SourceKey } from '@relance/lead';
import { clickIds } from './fact-path.js';
import { emailKind } from './email-kind.js';
import { normaliseCountry } from './normalise-country.js';
import { normaliseEmail } from './normalise-email.js';
import { normaliseLanguage } from './normalise-language.js';
import { normalisePhone } from './normalise-phone.js';
import type { GivenFacts } from './read-form.js';
import { registrableDomain, registrableOfHost } from './registrable-domain.js';

/** Facts in the form everybody relies on, and what they were before where that is more than case or blanks of a name. */
export interface NormalisedFacts {
  readonly facts: LeadFacts;
  /** Path → as it was given: `person.email` → `Ada@Example.ORG`. */
  readonly originals: Readonly<Record<string, string>>;
}

export interface Circumstances {
  readonly sourceKey: SourceKey;
  /** ISO 3166-1 alpha-2: where a phone number without a country code is dialled. */
  readonly defaultCountry: string | undefined;
  /** What the consent box says, where the submission does not. */
  readonly consentWording: string | undefined;
  /** The page it was sent from. */
  readonly pageUrl: string | undefined;
  readonly occurredAt: Date;
  readonly receivedAt: Date;
}

/**
 * Brings given facts into one form: e-mail lower-case, phone E.164, countries ISO, language BCP 47, the company's
 * registrable domain. A value that does not normalise is kept as given and its path is flagged, never dropped.
 * Normalising what is normalised changes nothing.
 */
export function normaliseFacts(given: GivenFacts, circumstances: Circumstances): NormalisedFacts {
  const notes: Notes = { flagged: [], originals: {} };
  const person: Person = { ...given.person };
  if (person.country !== undefined) {
    person.country = note(notes, 'person.country', person.country, normaliseCountry(person.country));
  }
  const workDomain = person.email === undefined ? null : placeEmail(notes, person, person.email);
  if (person.phone !== undefined) {
    const stated = notes.flagged.includes('person.country') ? undefined : person.country;
    const phone = normalisePhone(person.phone, stated ?? circumstances.defaultCountry);
    person.phone = note(notes, 'person.phone', person.phone, phone);
  }
  if (person.language !== undefined) {
    person.language = note(notes, 'person.language', person.language, normaliseLanguage(person.language));
  }
  const company = normaliseCompany(notes, given.company, workDomain);
  const { flagged, originals } = notes;

  const receivedAt = circumstances.receivedAt.toISOString();
  const occurredAt =
    circumstances.occurredAt === circumstances.receivedAt ? receivedAt : circumstances.occurredAt.toISOString();
  const touch = { at: occurredAt, sourceKey: circumstances.sourceKey };
  const landingUrl = given.attribution.landingUrl ?? circumstances.pageUrl;
  return {
    facts: {
      person,
      company,
      request: given.request,
      attribution: {
        sourceKey: circumstances.sourceKey,
        ...fromPage(landingUrl),
        ...given.attribution,
        ...(landingUrl === undefined ? {} : { landingUrl }),
        firstTouch: given.attribution.firstTouch ?? touch,
        lastTouch: given.attribution.lastTouch ?? touch,
      },
      consents: consentsOf(given, circumstances, occurredAt, landingUrl),
      test: given.test,
      ...(flagged.length === 0 ? {} : { flagged }),
      occurredAt,
      receivedAt,
    },
    originals,
  };
}

/** What identifies a person: an e-mail address and a phone number that normalised. */
export function identityOf(facts: LeadFacts): { email: string | undefined; phone: string | undefined } {
  const { email, phone } = facts.person;
  return {
    email: facts.flagged?.includes('person.email') ? undefined : email,
    phone: facts.flagged?.includes('person.phone') ? undefined : phone,
  };
}

interface Notes {
  readonly flagged: string[];
  readonly originals: Record<string, string>;
}

/** @returns the better value, or the given one, flagged, where there is none. */
function note(notes: Notes, path: string, given: string, better: string | null): string {
  if (better === null) notes.flagged.push(path);
  else if (better !== given) notes.originals[path] = given;
  return better ?? given;
}

/** @returns the domain of the company that the address belongs to, or null. */
function placeEmail(notes: Notes, person: Person, given: string): string | null {
  const normalised = normaliseEmail(given);
  person.email = note(notes, 'person.email', given, normalised.isValid ? normalised.email : null);
  if (!normalised.isValid) return null;
  const domain = normalised.email.slice(normalised.email.lastIndexOf('@') + 1);
  const registrable = registrableOfHost(domain);
  person.emailKind = emailKind(domain, registrable);
  return person.emailKind === 'work' ? registrable : null;
}

function normaliseCompany(notes: Notes, given: Company, workDomain: string | null): Company {
  const company = { ...given };
  if (company.country !== undefined) {
    company.country = note(notes, 'company.country', company.country, normaliseCountry(company.country));
  }
  if (workDomain !== null) company.domain = workDomain;
  if (company.website !== undefined) {
    const domain = registrableDomain(company.website);
    if (domain === null) notes.flagged.push('company.website');
    else company.domain ??= domain;
  }
  return company;
}

/** Campaign parameters in the page's address, for forms that do not send them as fields. */
function fromPage(url: string | undefined): { utm?: Record<string, string>; clickIds?: Record<string, string> } {
  if (url === undefined || !/[?&](utm_|gclid|gbraid|wbraid|fbclid|li_fat_id|msclkid|ttclid)/.test(url)) return {};
  const parameters = URL.parse(url)?.searchParams;
  if (!parameters) return {};
  const utm: Record<string, string> = {};
  const clicks: Record<string, string> = {};
  for (const [name, value] of parameters) {
    const campaign = /^utm_([a-z][a-z0-9_]{0,39})$/.exec(name)?.[1];
    if (value === '' || value.length > 500 || value.includes('\0')) continue;
    if (campaign !== undefined) utm[campaign] = value;
    else if (clickIds.some((id) => id === name)) clicks[name] = value;
  }
  return {
    ...(Object.keys(utm).length > 0 ? { utm } : {}),
    ...(Object.keys(clicks).length > 0 ? { clickIds: clicks } : {}),
  };
}

function consentsOf(given: GivenFacts, circumstances: Circumstances, at: string, url: string | undefined): Consent[] {
  const { granted, evidence } = given.consent;
  if (granted === undefined) return [];
  const wording = given.consent.wording ?? circumstances.consentWording;
  return [
    {
      purpose: 'marketing',
      granted,
      ...(wording === undefined ? {} : { wording, wordingHash: createHash('sha256').update(wording).digest('hex') }),
      at,
      ...(url === undefined ? {} : { url }),
      ...(evidence === undefined ? {} : { evidence }),
    },
  ];
}

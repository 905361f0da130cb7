import { clickIds, factPathOf } from './fact-path.js';
import type { FactPath } from './fact-path.js';

/** The fields that are understood without a mapping. Case, accents, `-`, `_` and blanks do not matter. */
const understood: Readonly<Record<string, FactPath>> = {
  email: 'person.email',
  fullname: 'person.fullName',
  name: 'person.fullName',
  firstname: 'person.firstName',
  lastname: 'person.lastName',
  phone: 'person.phone',
  company: 'company.name',
  website: 'company.website',
  jobtitle: 'person.jobTitle',
  country: 'person.country',
  language: 'person.language',
  message: 'request.message',
  budget: 'request.budget',
  timeline: 'request.timeline',
  contactme: 'request.asksForContact',
  consentmarketing: 'consents.marketing',
  consentwording: 'consents.wording',
  test: 'test',

  nom: 'control.lastName',
  prenom: 'person.firstName',
  societe: 'company.name',
  telephone: 'person.phone',
  fonction: 'person.jobTitle',
  pays: 'person.country',

  landingurl: 'attribution.landingUrl',
  landingpage: 'attribution.landingUrl',
  referrer: 'attribution.referrer',
  redirect: 'control.redirect',
  idempotencykey: 'control.idempotencyKey',

  // Certificates of consent that outside witnesses issue; kept as they are.
  xxtrustedformcerturl: 'consents.evidence.trustedFormCertUrl',
  universalleadid: 'consents.evidence.jornayaLeadId',
  leadidtoken: 'consents.evidence.jornayaLeadId',
  consenttextversion: 'consents.evidence.wordingVersion',

  // One-time tokens: another one each time the page is opened.
  cfturnstileresponse: 'control.ignored',
  hcaptcharesponse: 'control.ignored',
  grecaptcharesponse: 'control.ignored',
};

const fields: ReadonlyMap<string, FactPath> = new Map([
  ...Object.entries(understood),
  ...clickIds.map((id): [string, FactPath] => [squashName(id), `attribution.clickIds.${id}`]),
]);

/** A field's name without what does not matter in it: `Téléphone`, `first-name` → `telephone`, `firstname`. */
export function squashName(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/[\p{M}\s_-]+/gu, '')
    .toLowerCase();
}

const utm = /^utm[\s_-]+([a-z][a-z0-9_-]{0,39})$/i;

/** Where a field goes without a mapping, or null when it is an answer like any other. */
export function understoodField(name: string): FactPath | null {
  const field = fields.get(squashName(name));
  if (field !== undefined) return field;
  const parameter = utm.exec(name)?.[1];
  if (parameter !== undefined) return `attribution.utm.${parameter.toLowerCase()}`;
  return factPathOf(name);
}

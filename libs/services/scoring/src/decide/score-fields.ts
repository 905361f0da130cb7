import type { FieldCatalogue } from '@relance/rules';

const text = { type: 'text' } as const;
const number = { type: 'number' } as const;
const boolean = { type: 'boolean' } as const;
const instant = { type: 'instant' } as const;

/** What a definition may ask about a lead: its facts by path. */
export const factFields: FieldCatalogue = {
  'person.fullName': text,
  'person.firstName': text,
  'person.lastName': text,
  'person.email': text,
  'person.emailKind': { type: 'text', options: ['work', 'free', 'disposable'] },
  'person.phone': text,
  'person.jobTitle': text,
  'person.language': text,
  'person.country': text,
  'person.region': text,
  'person.city': text,
  'person.postalCode': text,
  'company.name': text,
  'company.domain': text,
  'company.website': text,
  'company.employees': number,
  'company.annualRevenue': number,
  'company.industry': text,
  'company.country': text,
  'request.message': text,
  'request.product': text,
  'request.budget': text,
  'request.timeline': text,
  'request.asksForContact': boolean,
  'request.preferredChannel': text,
  'request.preferredTime': text,
  'request.answers.question': { type: 'list' },
  'request.answers.answer': { type: 'list' },
  'attribution.sourceKey': text,
  'attribution.platform': text,
  'attribution.campaign': text,
  'attribution.adGroup': text,
  'attribution.ad': text,
  'attribution.form': text,
  'attribution.utm.*': text,
  'attribution.clickIds.*': text,
  'attribution.landingUrl': text,
  'attribution.referrer': text,
  'attribution.firstTouch.sourceKey': text,
  'attribution.lastTouch.sourceKey': text,
  'consents.purpose': { type: 'list' },
  occurredAt: instant,
  receivedAt: instant,
};

/** What a definition may ask about an engagement. Properties are free; these are the ones whose type is known. */
export const engagementFields: FieldCatalogue = {
  sourceKey: text,
  'properties.*': text,
  'properties.seconds': number,
  'properties.minutes': number,
  'properties.count': number,
  'properties.value': number,
};

/** Facts that tell whom to call or what they wrote: a reason names them and never quotes them. */
export const contactFields: ReadonlySet<string> = new Set([
  'person.fullName',
  'person.firstName',
  'person.lastName',
  'person.email',
  'person.phone',
  'request.message',
  'request.answers.question',
  'request.answers.answer',
  'attribution.landingUrl',
  'attribution.referrer',
]);

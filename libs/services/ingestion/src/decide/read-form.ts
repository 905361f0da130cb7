import type { FieldIssue } from '@relance/errors';
import type { Company, LeadFacts, LeadRequest, Person } from '@relance/lead';
import { cleanLine, cleanText } from './clean-text.js';
import type { FactPath } from './fact-path.js';
import { textOf } from './fields.js';
import type { Fields } from './fields.js';
import type { FormRules } from './form-rules.js';

const mostFields = 200;
const longestName = 200;
const longestLine = 500;
/** As long as a body may be: what fits into one is never too long. */
const longestText = 256 * 1024;

/** Facts as they were given: sorted to their places and cleaned, not yet normalised. */
export interface GivenFacts {
  readonly person: Person;
  readonly company: Company;
  readonly request: LeadRequest;
  readonly attribution: Omit<LeadFacts['attribution'], 'sourceKey'>;
  consent: { granted?: boolean; wording?: string; evidence?: Record<string, string> };
  test: boolean;
}

/** What one submission of a form says. */
export interface ReadForm {
  readonly facts: GivenFacts;
  /** Where the browser wants to go afterwards; never followed unless the source lists it. */
  readonly redirect: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** A field that no person sees was filled. */
  readonly isTrapped: boolean;
  readonly issues: readonly FieldIssue[];
}

interface Reading extends GivenFacts {
  lastName: string | undefined;
  redirect: string | undefined;
  idempotencyKey: string | undefined;
}

const yes = new Set(['yes', 'true', '1', 'on', 'oui', 'y', 'x', 'checked', 'vrai']);
const no = new Set(['no', 'false', '0', 'off', 'non', 'n', 'faux']);

/** `yes`, `true`, `1`, `on`, `oui` and their opposites; null for any other text. */
export function readYesOrNo(given: string): boolean | null {
  const word = given.trim().toLowerCase();
  if (yes.has(word)) return true;
  return no.has(word) ? false : null;
}

/** A number as people type it: `1 200`, `1,200`, `1.200,50`; null when it is none. */
export function readNumber(given: string): number | null {
  let digits = given.replaceAll(/[\s\u00a0\u202f'’_]/g, '');
  if (!/^\d[\d.,]*$/.test(digits)) return null;
  const decimal = /[.,](\d{1,2})$/.exec(digits);
  const fraction = decimal?.[1] ?? '';
  if (decimal) digits = digits.slice(0, decimal.index);
  const value = Number(`${digits.replaceAll(/[.,]/g, '')}.${fraction || '0'}`);
  return Number.isSafeInteger(Math.trunc(value)) ? value : null;
}

/**
 * Reads a form by a source's rules. What is not understood is kept as an answer under its own name, never refused;
 * an empty value counts as not given. NUL characters, which no database text can hold, and sizes beyond reason are issues.
 */
export function readForm(fields: Fields, rules: FormRules): ReadForm {
  const reading: Reading = {
    person: {},
    company: {},
    request: {},
    attribution: {},
    consent: {},
    test: false,
    lastName: undefined,
    redirect: undefined,
    idempotencyKey: undefined,
  };
  const issues: FieldIssue[] = [];
  let isTrapped = false;
  let count = 0;
  for (const name in fields) {
    if (++count > mostFields) {
      issues.push({ pointer: '', code: 'too-many-fields', message: `has more than ${mostFields} fields` });
      break;
    }
    const value = textOf(fields[name] ?? '');
    const issue = issueOf(name, value);
    if (issue) {
      issues.push(issue);
      continue;
    }
    if (value.trim() === '') continue;
    const meaning = rules.meaningOf(name);
    if (meaning === 'trap') isTrapped = true;
    else if (meaning === 'answer' || !place(reading, meaning, value)) answer(reading, name, value);
  }
  for (const [path, value] of rules.defaults) if (!isGiven(reading, path)) place(reading, path, value);
  nameThePerson(reading);
  if (reading.consent.granted === undefined) {
    for (const [name, value] of Object.entries(reading.consent.evidence ?? {})) answer(reading, name, value);
  }
  return {
    facts: {
      person: reading.person,
      company: reading.company,
      request: reading.request,
      attribution: reading.attribution,
      consent: reading.consent,
      test: reading.test,
    },
    redirect: reading.redirect,
    idempotencyKey: reading.idempotencyKey,
    isTrapped,
    issues,
  };
}

function issueOf(name: string, value: string): FieldIssue | null {
  if (name.length > longestName)
    return { pointer: '', code: 'name-too-long', message: `has a field name of more than ${longestName} characters` };
  if (value.includes('\0') || name.includes('\0'))
    return { pointer: pointerTo(name), code: 'nul-character', message: 'holds a NUL character' };
  if (value.length > longestText)
    return { pointer: pointerTo(name), code: 'too-long', message: `is longer than ${longestText} characters` };
  return null;
}

function pointerTo(name: string): string {
  return `/${name.toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('\0', '')}`;
}

type Place = (reading: Reading, value: string) => boolean;

/** Places that hold something else than one line of text. */
const places: ReadonlyMap<FactPath, Place> = new Map<FactPath, Place>([
  ['control.ignored', () => true],
  ['control.redirect', (reading, value) => take(() => (reading.redirect = value.trim()))],
  ['control.idempotencyKey', (reading, value) => take(() => (reading.idempotencyKey = value.trim()))],
  [
    'control.lastName',
    (reading, value) => value.length <= longestLine && take(() => (reading.lastName = cleanLine(value))),
  ],
  ['test', (reading, value) => placeYesOrNo(value, (isYes) => (reading.test ||= isYes))],
  ['request.message', (reading, value) => take(() => (reading.request.message = cleanText(value)))],
  [
    'request.asksForContact',
    (reading, value) => placeYesOrNo(value, (isYes) => (reading.request.asksForContact = isYes)),
  ],
  ['consents.marketing', (reading, value) => placeYesOrNo(value, (isYes) => (reading.consent.granted = isYes))],
  ['consents.wording', (reading, value) => take(() => (reading.consent.wording = cleanText(value)))],
  ['company.employees', (reading, value) => placeNumber(value, (number) => (reading.company.employees = number))],
  [
    'company.annualRevenue',
    (reading, value) => placeNumber(value, (number) => (reading.company.annualRevenue = number)),
  ],
]);

/** @returns false when the value is not one for this place, or the place is taken: then it is an answer like any other. */
function place(reading: Reading, path: FactPath, value: string): boolean {
  return places.get(path)?.(reading, value) ?? placeLine(reading, path, value);
}

function take(set: () => unknown): true {
  set();
  return true;
}

function placeNumber(value: string, set: (number: number) => void): boolean {
  const number = readNumber(value);
  if (number !== null) set(number);
  return number !== null;
}

function placeYesOrNo(value: string, take: (isYes: boolean) => void): boolean {
  const isYes = readYesOrNo(value);
  if (isYes !== null) take(isYes);
  return isYes !== null;
}

function placeLine(reading: Reading, path: FactPath, value: string): boolean {
  const isAddress = path === 'attribution.landingUrl' || path === 'attribution.referrer' || path === 'company.website';
  if (value.length > (isAddress ? 2_000 : longestLine)) return false;
  const place = placeOf(reading, path);
  if (Object.hasOwn(place.section, place.field)) return false;
  place.section[place.field] = cleanLine(value);
  return true;
}

function placeOf(reading: Reading, path: FactPath): { section: Record<string, unknown>; field: string } {
  const [section, field, name] = partsOf(path);
  if (name === undefined)
    return { section: (reading as unknown as Record<string, Record<string, unknown>>)[section] ?? {}, field };
  if (section === 'consents') return { section: (reading.consent.evidence ??= {}), field: name };
  return {
    section: field === 'utm' ? (reading.attribution.utm ??= {}) : (reading.attribution.clickIds ??= {}),
    field: name,
  };
}

type Parts = readonly [section: string, field: string, name: string | undefined];

/** There are as many paths as sources name: those that were met are split once. */
const split = new Map<FactPath, Parts>();

function partsOf(path: FactPath): Parts {
  let parts = split.get(path);
  if (parts === undefined) {
    const [section = '', field = '', name] = path.split('.');
    parts = [section, field, name];
    if (split.size < 1_000) split.set(path, parts);
  }
  return parts;
}

function isGiven(reading: Reading, path: FactPath): boolean {
  if (path === 'consents.marketing') return reading.consent.granted !== undefined;
  if (path === 'consents.wording') return reading.consent.wording !== undefined;
  if (path === 'test') return reading.test;
  const place = placeOf(reading, path);
  return Object.hasOwn(place.section, place.field);
}

function answer(reading: Reading, name: string, value: string): void {
  (reading.request.answers ??= []).push({ question: cleanLine(name), answer: cleanText(value) });
}

/** `nom` is a last name beside a first name and the whole name alone. */
function nameThePerson(reading: Reading): void {
  const { person, lastName } = reading;
  if (lastName !== undefined) {
    if (person.firstName !== undefined) person.lastName ??= lastName;
    else person.fullName ??= lastName;
  }
  const parts = [person.firstName, person.lastName].filter((part) => part !== undefined);
  if (person.fullName === undefined && parts.length > 0) person.fullName = parts.join(' ');
}

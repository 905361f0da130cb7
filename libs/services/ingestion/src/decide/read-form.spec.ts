import { describe, expect, it } from '@jest/globals';
import type { Fields } from './fields.js';
import { FormRules } from './form-rules.js';
import { readForm, readNumber } from './read-form.js';

const plain = new FormRules({ mapping: {}, defaults: {} });
const fields = (given: Record<string, string | string[]>): Fields =>
  Object.assign(Object.create(null) as object, given);

describe('fields that are understood without a mapping', () => {
  it.each([
    [{ email: 'a@b.org' }, { person: { email: 'a@b.org' } }],
    [{ 'E-Mail': 'a@b.org' }, { person: { email: 'a@b.org' } }],
    [{ 'Full Name': ' Ada  L ' }, { person: { fullName: 'Ada L' } }],
    [{ name: 'Ada' }, { person: { fullName: 'Ada' } }],
    [
      { 'first-name': 'Ada', LAST_NAME: 'Lovelace' },
      { person: { firstName: 'Ada', lastName: 'Lovelace', fullName: 'Ada Lovelace' } },
    ],
    [
      { nom: 'Lovelace', prénom: 'Ada' },
      { person: { firstName: 'Ada', lastName: 'Lovelace', fullName: 'Ada Lovelace' } },
    ],
    [{ Nom: 'Ada Lovelace' }, { person: { fullName: 'Ada Lovelace' } }],
    [
      { Téléphone: '06', société: 'Engines', fonction: 'CTO', pays: 'France' },
      { person: { phone: '06', jobTitle: 'CTO', country: 'France' }, company: { name: 'Engines' } },
    ],
    [
      { job_title: 'CTO', website: 'engines.example', language: 'fr', budget: '10k', timeline: 'soon' },
      {
        person: { jobTitle: 'CTO', language: 'fr' },
        company: { website: 'engines.example' },
        request: { budget: '10k', timeline: 'soon' },
      },
    ],
    [{ message: 'one\r\ntwo' }, { request: { message: 'one\ntwo' } }],
    [
      { utm_source: 'google', 'UTM-Campaign': 'x', gclid: 'g', li_fat_id: 'l' },
      { attribution: { utm: { source: 'google', campaign: 'x' }, clickIds: { gclid: 'g', li_fat_id: 'l' } } },
    ],
    [{ 'person.city': 'Paris' }, { person: { city: 'Paris' } }],
    [{ test: '1' }, { test: true }],
    [{ test: 'no' }, { test: false }],
    [
      { consent_marketing: 'on', consent_wording: 'I agree', xxTrustedFormCertUrl: 'https://cert.example/1' },
      { consent: { granted: true, wording: 'I agree', evidence: { trustedFormCertUrl: 'https://cert.example/1' } } },
    ],
  ])('%p', (given, facts) => {
    expect(readForm(fields(given as Record<string, string>), plain).facts).toMatchObject(facts);
  });

  it.each([
    ['yes', true],
    ['TRUE', true],
    ['1', true],
    ['on', true],
    ['oui', true],
    ['no', false],
    ['0', false],
    ['non', false],
  ])('contact_me=%p asks for contact: %p', (given, asksForContact) => {
    expect(readForm(fields({ contact_me: given }), plain).facts.request).toEqual({ asksForContact });
  });
});

describe('what is not understood', () => {
  it('is kept as an answer, each value once', () => {
    const { request } = readForm(
      fields({ services: ['roofing', '', 'gutters', 'roofing'], 'How big?': '3' }),
      plain,
    ).facts;
    expect(request.answers).toEqual([
      { question: 'services', answer: 'roofing, gutters' },
      { question: 'How big?', answer: '3' },
    ]);
  });

  it.each([
    ['a value that is no yes or no', { contact_me: 'maybe' }],
    ['a second field for the same fact', { full_name: 'Ada', name: 'Lovelace' }],
    ['a line that is too long for its place', { company: 'x'.repeat(501) }],
    ['a certificate without a consent', { universal_leadid: 'u' }],
  ])('so is %s', (_what, given) => {
    expect(readForm(fields(given as unknown as Record<string, string>), plain).facts.request.answers).toHaveLength(1);
  });

  it('never reaches a prototype', () => {
    const given = JSON.parse('{"__proto__":"x","constructor":"y","toString":"z","person.__proto__":"p"}') as object;
    const nameless = Object.create(null) as Record<string, string>;
    for (const [name, value] of Object.entries(given) as [string, string][]) nameless[name] = value;
    const { facts } = readForm(nameless, plain);
    expect(facts.request.answers?.map(({ question }) => question)).toEqual([
      '__proto__',
      'constructor',
      'toString',
      'person.__proto__',
    ]);
    expect(Object.getPrototypeOf(facts.person)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('is nothing where it is empty or a one-time token', () => {
    expect(readForm(fields({ a: '  ', b: '', 'cf-turnstile-response': 't' }), plain).facts.request).toEqual({});
  });
});

describe("a source's rules", () => {
  const rules = new FormRules({
    mapping: { 'Your position': 'person.jobTitle', email: 'attribution.form', staff: 'company.employees' },
    defaults: { country: 'FR', 'request.product': 'Engines' },
    honeypot: 'website',
  });

  it('map fields of theirs, also over ours', () => {
    const { facts } = readForm(fields({ 'your-position': 'CTO', email: 'x', staff: '1 200' }), rules);
    expect(facts).toMatchObject({
      person: { jobTitle: 'CTO' },
      attribution: { form: 'x' },
      company: { employees: 1200 },
    });
    expect(facts.person.email).toBeUndefined();
  });

  it('fill in what was not given', () => {
    expect(readForm(fields({}), rules).facts).toMatchObject({
      person: { country: 'FR' },
      request: { product: 'Engines' },
    });
    expect(readForm(fields({ pays: 'Belgique' }), rules).facts.person.country).toBe('Belgique');
  });

  it.each([
    ['website', true],
    ['Website', true],
    ['relance_hp', true],
    ['site', false],
  ])('a filled %p is the trap: %p', (name, isTrapped) => {
    expect(readForm(fields({ [name]: 'http://spam.example' }), rules).isTrapped).toBe(isTrapped);
    expect(readForm(fields({ [name]: '' }), rules).isTrapped).toBe(false);
  });
});

describe('what no database text can hold, and what is beyond reason', () => {
  it.each([
    [{ full_name: 'A\0da' }, '/full_name', 'nul-character'],
    [{ 'a/b~c': '\0' }, '/a~1b~0c', 'nul-character'],
    [{ 'a\0': 'x' }, '/a', 'nul-character'],
    [{ message: 'x'.repeat(262_145) }, '/message', 'too-long'],
    [{ ['x'.repeat(201)]: 'x' }, '', 'name-too-long'],
    [Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`f${index}`, 'x'])), '', 'too-many-fields'],
  ])('is an issue at its pointer (%#)', (given, pointer, code) => {
    expect(readForm(fields(given as Record<string, string>), plain).issues).toMatchObject([{ pointer, code }]);
  });
});

describe('a number as people type it', () => {
  it.each([
    ['250', 250],
    ['1 200', 1200],
    ['1,200', 1200],
    ['1.200,50', 1200.5],
    ['1,200.5', 1200.5],
    ["1'200", 1200],
    ['51-200', null],
    ['many', null],
    ['', null],
  ])('%p is %p', (given, number) => {
    expect(readNumber(given)).toBe(number);
  });
});

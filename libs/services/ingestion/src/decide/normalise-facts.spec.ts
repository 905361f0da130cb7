import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { leadFactsSchema } from '@relance/lead';
import type { SourceKey } from '@relance/lead';
import { identityOf, normaliseFacts } from './normalise-facts.js';
import { unreachable } from './unreachable.js';
import type { GivenFacts } from './read-form.js';

const at = new Date('2026-11-20T10:00:00.000Z');
const circumstances = {
  sourceKey: 'site' as SourceKey,
  defaultCountry: 'FR',
  consentWording: 'We may write to you.',
  pageUrl: undefined,
  occurredAt: at,
  receivedAt: at,
};
const given = (over: Partial<GivenFacts>): GivenFacts => ({
  person: {},
  company: {},
  request: {},
  attribution: {},
  consent: {},
  test: false,
  ...over,
});

it.each([
  [
    { person: { email: 'Ada@Engines.Example' } },
    { person: { email: 'ada@engines.example', emailKind: 'work' }, company: { domain: 'engines.example' } },
  ],
  [{ person: { email: 'ada@mail.engines.co.uk' } }, { company: { domain: 'engines.co.uk' } }],
  [
    { person: { email: 'ada@gmail.com' }, company: { website: 'https://www.engines.example/team' } },
    {
      person: { emailKind: 'free' },
      company: { domain: 'engines.example', website: 'https://www.engines.example/team' },
    },
  ],
  [{ person: { phone: '06 12 34 56 78' } }, { person: { phone: '+33612345678' } }],
  [{ person: { phone: '0171 1234567', country: 'Allemagne' } }, { person: { phone: '+491711234567', country: 'DE' } }],
])('%p becomes %p', (said, facts) => {
  expect(normaliseFacts(given(said), circumstances).facts).toMatchObject(facts);
});

it('does not guess a company from a free address', () => {
  expect(normaliseFacts(given({ person: { email: 'ada@gmail.com' } }), circumstances).facts.company).toEqual({});
});

it('keeps what does not normalise as given, and flags it', () => {
  const { facts } = normaliseFacts(
    given({
      person: { email: 'ada at home', phone: 'later', country: 'Atlantis', language: 'mine!' },
      company: { website: 'none' },
    }),
    circumstances,
  );
  expect(facts.person).toEqual({ email: 'ada at home', phone: 'later', country: 'Atlantis', language: 'mine!' });
  expect(facts.flagged?.toSorted()).toEqual([
    'company.website',
    'person.country',
    'person.email',
    'person.language',
    'person.phone',
  ]);
  expect(identityOf(facts)).toEqual({ email: undefined, phone: undefined });
});

it('keeps the original of what it changed', () => {
  expect(
    normaliseFacts(given({ person: { email: 'Ada@Example.org', phone: '+33612345678' } }), circumstances).originals,
  ).toEqual({ 'person.email': 'Ada@Example.org' });
});

it('records a consent with what was agreed to, word for word and as a hash', () => {
  const { facts } = normaliseFacts(given({ consent: { granted: true } }), {
    ...circumstances,
    pageUrl: 'https://example.org/contact',
  });
  expect(facts.consents).toEqual(
    [
      {
        purpose: 'marketing',
        granted: true,
        wording: 'We may write to you.',
        wordingHash: '1dcd95a5b6f1e5e2f0ff4eaf0b9f3f6e',
        at: at.toISOString(),
        url: 'https://example.org/contact',
      },
    ].map((consent) => ({ ...consent, wordingHash: expect.stringMatching(/^[0-9a-f]{64}$/) })),
  );
});

it('reads the campaign from the page where the form does not say it', () => {
  const page = 'https://example.org/?utm_source=google&utm_campaign=x&gclid=abc&other=1';
  expect(normaliseFacts(given({}), { ...circumstances, pageUrl: page }).facts.attribution).toMatchObject({
    utm: { source: 'google', campaign: 'x' },
    clickIds: { gclid: 'abc' },
    landingUrl: page,
  });
  expect(
    normaliseFacts(given({ attribution: { utm: { source: 'said' } } }), { ...circumstances, pageUrl: page }).facts
      .attribution.utm,
  ).toEqual({ source: 'said' });
});

describe('a form that nobody could answer', () => {
  it.each([
    [{}, ['/email']],
    [{ fullName: 'Ada' }, ['/email']],
    [{ email: 'nonsense' }, ['/email']],
    [{ email: 'nonsense', phone: '12' }, ['/email', '/phone']],
    [{ email: 'nonsense', phone: '06 12 34 56 78' }, []],
    [{ email: 'ada@example.org', phone: '12' }, []],
    [{ phone: '99 99 99 99 99 99 99' }, []],
  ])('%p: %p', (person, pointers) => {
    expect(unreachable(normaliseFacts(given({ person }), circumstances).facts).map(({ pointer }) => pointer)).toEqual(
      pointers,
    );
  });
});

it('is not changed by normalising again, and is what the contract says', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.emailAddress(),
    fc.constantFrom('06 12 34 56 78', 'France', 'fr_FR', 'www.example.co.uk', 'http://[', 'a@b'),
  );
  const person = fc.record(
    { email: text, phone: text, country: text, language: text, fullName: text },
    { requiredKeys: [] },
  );
  const company = fc.record({ website: text, name: text, country: text }, { requiredKeys: [] });
  fc.assert(
    fc.property(person, company, (who, where) => {
      const once = normaliseFacts(given({ person: who, company: where }), circumstances).facts;
      const { sourceKey: _sourceKey, ...attribution } = once.attribution;
      const again = normaliseFacts(given({ person: once.person, company: once.company, attribution }), circumstances);
      expect(again.facts).toEqual(once);
      expect(again.originals).toEqual({});
      expect(leadFactsSchema.safeParse(once).success).toBe(true);
    }),
  );
});

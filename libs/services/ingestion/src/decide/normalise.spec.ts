import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cleanLine, cleanText } from './clean-text.js';
import { emailKind } from './email-kind.js';
import { normaliseCountry } from './normalise-country.js';
import { normaliseEmail } from './normalise-email.js';
import { normaliseLanguage } from './normalise-language.js';
import { normalisePhone } from './normalise-phone.js';
import { registrableDomain } from './registrable-domain.js';

describe('an e-mail address', () => {
  it.each([
    ['ada@example.org', 'ada@example.org'],
    ['  Ada@Example.ORG ', 'ada@example.org'],
    ['mailto:Ada.L+web@example.org', 'ada.l+web@example.org'],
    ['<ada@example.org>', 'ada@example.org'],
    ['ada@Bücher.example', 'ada@xn--bcher-kva.example'],
    ["o'hara@example.co.uk", "o'hara@example.co.uk"],
    ['zoë@example.org', 'zoë@example.org'],
  ])('%p is %p', (given, email) => {
    expect(normaliseEmail(given)).toEqual({ isValid: true, email });
  });

  it.each([
    '',
    'ada',
    'ada@',
    '@example.org',
    'ada@example',
    'a@b@c.org',
    'ada @example.org',
    'ada@exam ple.org',
    'ada@-x.org',
    'ada@example..org',
    '.ada@example.org',
    'ada@127.0.0.1',
    `${'a'.repeat(65)}@example.org`,
  ])('%p is none', (given) => {
    expect(normaliseEmail(given)).toEqual({ isValid: false });
  });

  it('is not changed by normalising it again', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.emailAddress(),
          fc.string({ unit: 'grapheme' }).map((text) => `${text}@example.org`),
        ),
        (given) => {
          const once = normaliseEmail(given);
          if (once.isValid) expect(normaliseEmail(once.email)).toEqual(once);
        },
      ),
    );
  });
});

describe('the kind of an e-mail address', () => {
  it.each([
    ['engines.example', 'work'],
    ['gmail.com', 'free'],
    ['orange.fr', 'free'],
    ['mailinator.com', 'disposable'],
    ['yopmail.fr', 'disposable'],
    ['sub.mailinator.com', 'disposable'],
    ['notgmail.com', 'work'],
  ])('%p is %p', (domain, kind) => {
    expect(emailKind(domain, registrableDomain(domain))).toBe(kind);
  });
});

describe('a phone number', () => {
  it.each([
    ['+33612345678', undefined, '+33612345678'],
    ['06 12 34 56 78', 'FR', '+33612345678'],
    ['p:+33 6 12 34 56 78', undefined, '+33612345678'],
    ["'+1 (202) 555-0123", undefined, '+12025550123'],
    ['(202) 555-0123', 'US', '+12025550123'],
    ['+1 202 555 0123', 'FR', '+12025550123'],
    ['0033612345678', 'FR', '+33612345678'],
    ['06 12 34 56 78', undefined, null],
    ['call me', 'FR', null],
    ['12', 'FR', null],
    ['', 'FR', null],
    ['000000', 'DE', null],
  ])('%p dialled in %p is %p', (given, country, phone) => {
    expect(normalisePhone(given, country)).toBe(phone);
  });

  it('is not changed by normalising it again, wherever it is dialled', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789 +-()'), maxLength: 20 });
    fc.assert(
      fc.property(digits, fc.constantFrom('FR', 'US', 'DE', undefined), (given, country) => {
        const once = normalisePhone(given, country);
        if (once !== null) expect(normalisePhone(once, 'GB')).toBe(once);
      }),
    );
  });
});

describe('a country', () => {
  it.each([
    ['FR', 'FR'],
    ['fr', 'FR'],
    ['France', 'FR'],
    ['Allemagne', 'DE'],
    ['deutschland', 'DE'],
    ['États-Unis', 'US'],
    ['USA', 'US'],
    ['U.S.A.', 'US'],
    ['UK', 'GB'],
    ['Royaume Uni', 'GB'],
    ['Espagne', 'ES'],
    ['Côte d’Ivoire', 'CI'],
    ['Atlantis', null],
    ['ZZ', null],
    ['', null],
  ])('%p is %p', (given, country) => {
    expect(normaliseCountry(given)).toBe(country);
  });
});

describe('a language', () => {
  it.each([
    ['fr', 'fr'],
    ['FR_fr', 'fr-FR'],
    ['en-us', 'en-US'],
    ['Français', 'fr'],
    ['english', 'en'],
    ['whatever they speak', null],
    ['x', null],
  ])('%p is %p', (given, language) => {
    expect(normaliseLanguage(given)).toBe(language);
  });
});

describe('text', () => {
  it.each([
    ['  Ada   Lovelace\t', 'Ada Lovelace'],
    ['Zoe\u0308', 'Zoë'],
    ['<test lead: dummy data for full_name>', '<test lead: dummy data for full_name>'],
    ['Ada\u0007\nL', 'Ada L'],
    ['\ud800broken', '\ufffdbroken'],
  ])('%p as a line is %p', (given, line) => {
    expect(cleanLine(given)).toBe(line);
  });

  it('keeps the lines of a message', () => {
    expect(cleanText(' one\r\ntwo\rthree\u0000 ')).toBe('one\ntwo\nthree');
  });

  it('is not changed by cleaning it again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (given) => {
        expect(cleanLine(cleanLine(given))).toBe(cleanLine(given));
        expect(cleanText(cleanText(given))).toBe(cleanText(given));
      }),
    );
  });
});

import { expect, it } from '@jest/globals';
import type { LetterTemplate } from '@relance/api';
import type { LetterFacts } from './letter-facts.js';
import { writeLetter } from './write-letter.js';

const template: LetterTemplate = {
  en: {
    subject: 'Hello {{firstName|there}}',
    text: 'Hello {{ firstName | there }} of {{company}},\n\nsee https://example.org/a?b=1&c=2.\nBye',
  },
  fr: { subject: 'Bonjour {{firstName}}', text: 'Bonjour {{fullName}}' },
};
const footer = { postalAddress: 'Engines & Co, 1 rue <X>', unsubscribeUrl: 'https://relance.example/u/abc' };
const facts = (person: LetterFacts['person'], company = 'Engines'): LetterFacts => {
  return { person, company: { name: company }, consents: [] };
};

it('says in plain text and in HTML the same words, with the address and the way out at the foot', () => {
  const letter = writeLetter(template, facts({ firstName: "O'Neil & <Co" }, 'R&D'), footer);

  expect(letter.subject).toBe('Hello there');
  expect(letter.text).toBe(
    'Hello there of R&D,\n\nsee https://example.org/a?b=1&c=2.\nBye\n\n-- \nEngines & Co, 1 rue <X>\nYou receive this because you got in touch with us. Unsubscribe: https://relance.example/u/abc\n',
  );
  expect(letter.html).toContain('<p>Hello there of R&amp;D,</p>');
  expect(letter.html).toContain(
    'see <a href="https://example.org/a?b=1&amp;c=2">https://example.org/a?b=1&amp;c=2</a>.<br>Bye',
  );
  expect(letter.html).toContain('Engines &amp; Co, 1 rue &lt;X&gt;');
  expect(letter.html).toContain('<a href="https://relance.example/u/abc">');
});

it.each([
  { language: 'fr', subject: 'Bonjour Ada' },
  { language: 'fr-CA', subject: 'Bonjour Ada' },
  { language: 'FR', subject: 'Bonjour Ada' },
  { language: 'fro', subject: 'Hello Ada' },
  { language: 'de', subject: 'Hello Ada' },
  { language: undefined, subject: 'Hello Ada' },
])('writes to who speaks $language: $subject', ({ language, subject }) => {
  const person = language === undefined ? { firstName: 'Ada' } : { firstName: 'Ada', language };
  expect(writeLetter(template, facts(person), footer).subject).toBe(subject);
});

it.each([
  'see evil.example/x',
  'www.evil.example',
  'HTTPS:evil',
  'a@evil.example',
  'a\r\nBcc: b',
  '{{company}}',
  '<b>',
  'x'.repeat(81),
  '  ',
])('takes nothing for a name that could be a message of its own: %j', (firstName) => {
  const letter = writeLetter(template, facts({ firstName }), footer);
  expect(letter.subject).toBe('Hello there');
  expect(letter.text).toMatch(/^Hello there of/);
});

it('keeps names as they are written', () => {
  expect(writeLetter(template, facts({ firstName: " Zoë-Anne d'Été $& " }), footer).subject).toBe(
    "Hello Zoë-Anne d'Été $&",
  );
  expect(writeLetter(template, facts({ firstName: "D'Été" }), footer).html).toContain('Hello D&#39;Été of');
});

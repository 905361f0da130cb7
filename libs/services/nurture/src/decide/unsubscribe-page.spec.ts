import { expect, it } from '@jest/globals';
import { unsubscribePage } from './unsubscribe-page.js';

it.each([
  { accepts: undefined, language: 'en' },
  { accepts: 'fr-FR,fr;q=0.9,en;q=0.8', language: 'fr' },
  { accepts: 'en-GB,en;q=0.9,fr;q=0.8', language: 'en' },
  { accepts: 'de,fr;q=0.5', language: 'fr' },
  { accepts: 'en;q=0.1,fr;q=0.5', language: 'fr' },
  { accepts: 'fr;q=0', language: 'en' },
  { accepts: '*', language: 'en' },
])('speaks $language to who accepts $accepts', ({ accepts, language }) => {
  const page = unsubscribePage('ask', accepts);
  expect(page.language).toBe(language);
  expect(page.html).toContain(`<html lang="${language}">`);
});

it('has a button to ask with, which needs no JavaScript, and none once it is done', () => {
  expect(unsubscribePage('ask', 'en').html).toContain('<form method="post"><button>');
  expect(unsubscribePage('done', 'en').html).not.toContain('<form');
  expect(unsubscribePage('ask', 'en').html).not.toContain('<script');
});

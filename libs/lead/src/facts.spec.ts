import { expect, it } from '@jest/globals';
import { leadFactsSchema, traitsOf, traitsSchema } from './facts.js';

it('traits tell nothing that could be used to reach the person', () => {
  const facts = leadFactsSchema.parse({
    person: {
      fullName: 'Ada Lovelace',
      firstName: 'Ada',
      lastName: 'Lovelace',
      email: 'ada@example.org',
      phone: '+33612345678',
      country: 'FR',
    },
    company: { name: 'Engines' },
    request: {
      message: 'call Ada on +33612345678',
      answers: [{ question: 'q', answer: 'ada@example.org' }],
      asksForContact: true,
    },
    attribution: {
      sourceKey: 'site',
      landingUrl: 'https://example.org/?email=ada@example.org',
      referrer: 'https://example.org/ada',
    },
    consents: [],
    test: false,
    occurredAt: '2026-11-20T10:00:00Z',
    receivedAt: '2026-11-20T10:00:01Z',
  });

  const traits = traitsOf(facts);

  expect(JSON.stringify(traits)).not.toMatch(/ada|lovelace|612345678/i);
  expect(traitsSchema.parse(traits)).toEqual(traits);
  expect(traits).toMatchObject({
    person: { country: 'FR' },
    company: { name: 'Engines' },
    request: { asksForContact: true },
  });
});

import { expect, it } from '@jest/globals';
import type { LeadFacts } from '@relance/lead';
import { searchQuery, searchText } from './search-text.js';

const facts = (person: LeadFacts['person'], company: LeadFacts['company'] = {}): LeadFacts =>
  ({ person, company }) as unknown as LeadFacts;

it.each([
  { typed: 'ada', query: 'ada:*' },
  { typed: '  Ada  LOVE ', query: 'ada:* & love:*' },
  { typed: 'éléonore', query: 'eleonore:*' },
  { typed: 'ada@example.org', query: 'ada:* & example:* & org:*' },
  { typed: "a' & ! | b:*", query: 'a:* & b:*' },
  { typed: ' :*!& ', query: null },
])('looks for $query when somebody types "$typed"', ({ typed, query }) => {
  expect(searchQuery(typed)).toBe(query);
});

it('finds a lead by any part of name, address, phone and company', () => {
  const words = searchText(
    facts(
      { fullName: 'Éléonore Brun', email: 'e.brun@acme.example', phone: '+33612345678' },
      { name: 'Acmé & Fils', domain: 'acme.example' },
    ),
  ).split(' ');
  expect(words).toEqual(expect.arrayContaining(['eleonore', 'brun', 'acme', 'example', '33612345678', 'fils']));
});

import type { LeadFacts } from '@relance/lead';

/** The words a lead is found by: name, address and its parts, phone, company and domain, lower-cased without accents. */
export function searchText(facts: LeadFacts): string {
  const { person, company } = facts;
  const words = [
    person.fullName,
    person.firstName,
    person.lastName,
    person.email,
    person.phone,
    company.name,
    company.domain,
  ];
  return [...new Set(words.flatMap((word) => (word === undefined ? [] : tokens(word))))].join(' ');
}

/** What somebody typed as a full-text query: every word must begin one of the lead's. Null when there is no word in it. */
export function searchQuery(typed: string): string | null {
  const words = tokens(typed);
  return words.length === 0 ? null : words.map((word) => `${word}:*`).join(' & ');
}

function tokens(words: string): string[] {
  return (
    words
      .normalize('NFD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  ).slice(0, 40);
}

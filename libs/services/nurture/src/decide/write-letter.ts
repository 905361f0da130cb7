import { letterFields } from '@relance/api';
import type { LetterField, LetterTemplate } from '@relance/api';
import type { LetterFacts } from './letter-facts.js';

export interface WrittenLetter {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface LetterFooter {
  readonly postalAddress: string | undefined;
  readonly unsubscribeUrl: string;
}

type Values = Readonly<Partial<Record<LetterField, string>>>;

const unsubscribe = {
  en: 'You receive this because you got in touch with us. Unsubscribe:',
  fr: 'Vous recevez ce message car vous nous avez contactés. Se désabonner :',
} as const;

const longestValue = 80;
/** What people type into a form is not to become a link or a message of its own in a letter of ours. */
const isNoName = /[\p{Cc}<>{}/\\@]|https?:|www\./iu;

/** One letter in the lead's language, English unless it is French: plain text, and simple HTML made from the same words. */
export function writeLetter(template: LetterTemplate, facts: LetterFacts, footer: LetterFooter): WrittenLetter {
  const language = /^fr\b/i.test(facts.person.language ?? '') ? 'fr' : 'en';
  const { subject, text } = template[language];
  const values = valuesOf(facts);
  const body = filled(text, values);
  const foot = `${unsubscribe[language]} ${footer.unsubscribeUrl}`;
  const address = footer.postalAddress === undefined ? [] : [footer.postalAddress];
  return {
    subject: filled(subject, values).replace(/\s+/g, ' ').trim(),
    text: `${body}\n\n-- \n${[...address, foot].join('\n')}\n`,
    html: [
      `<!doctype html><html lang="${language}"><meta charset="utf-8"><body>`,
      ...body.split(/\n[^\S\n]*\n\s*/).map((paragraph) => `<p>${linked(paragraph).replaceAll('\n', '<br>')}</p>`),
      `<hr><p><small>${[...address.map(escaped), linked(foot)].join('<br>')}</small></p>`,
      '</body></html>\n',
    ].join('\n'),
  };
}

function valuesOf({ person, company }: LetterFacts): Values {
  const given: Record<LetterField, string | undefined> = {
    firstName: person.firstName,
    lastName: person.lastName,
    fullName: person.fullName,
    company: company.name,
  };
  return Object.fromEntries(
    letterFields.flatMap((field) => {
      const value = given[field]?.trim() ?? '';
      return value === '' || value.length > longestValue || isNoName.test(value) ? [] : [[field, value]];
    }),
  );
}

/** Takes each placeholder once: what a value holds is not looked at again. */
function filled(template: string, values: Values): string {
  return template.replace(
    /\{\{([^{}|]*)(?:\|([^{}]*))?\}\}/g,
    (_whole, name: string, instead: string | undefined) => values[name.trim() as LetterField] ?? instead?.trim() ?? '',
  );
}

function linked(text: string): string {
  return text
    .split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)])/)
    .map((part, index) => (index % 2 === 1 ? `<a href="${escaped(part)}">${escaped(part)}</a>` : escaped(part)))
    .join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

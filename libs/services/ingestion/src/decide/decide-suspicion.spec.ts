import { expect, it } from '@jest/globals';
import type { LeadFacts } from '@relance/lead';
import { decideSuspicion } from './decide-suspicion.js';

const facts = (over: Partial<Pick<LeadFacts, 'person' | 'request'>>): LeadFacts =>
  ({ person: { emailKind: 'work' }, company: {}, request: {}, ...over }) as LeadFacts;
const links = (count: number): string => Array.from({ length: count }, (_, i) => `see https://x${i}.example`).join(' ');

it.each([
  ['an ordinary lead', {}, null],
  ['an address at a free provider', { person: { emailKind: 'free' } }, null],
  ['an address that is thrown away', { person: { emailKind: 'disposable' } }, 'disposable-email'],
  ['three links', { request: { message: links(3) } }, null],
  ['four links', { request: { message: links(4) } }, 'links'],
  [
    'links without a scheme',
    { request: { message: 'www.a.example WWW.b.example www.c.example www.d.example' } },
    'links',
  ],
  [
    'links spread over answers',
    { request: { message: links(2), answers: [{ question: 'q', answer: links(2) }] } },
    'links',
  ],
  ['words that only look like one', { request: { message: 'awww.a bhttp:x www www http https' } }, null],
] as const)('%s: %j → %s', (_what, over, suspicion) => {
  expect(decideSuspicion(facts(over as Partial<LeadFacts>))).toBe(suspicion);
});

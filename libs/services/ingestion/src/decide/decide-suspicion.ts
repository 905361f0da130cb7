import type { LeadFacts } from '@relance/lead';

/** Why a submission may be spam. */
export type Suspicion = 'honeypot' | 'disposable-email' | 'links';

const mostLinks = 3;
const link = /\bhttps?:\/\/|\bwww\./gi;

/**
 * Decides whether what a public form says may be spam: an address that is thrown away, or more than three links in what
 * people write. Suspects are kept apart until somebody releases them; nothing is thrown away.
 */
export function decideSuspicion({ person, request }: LeadFacts): Suspicion | null {
  if (person.emailKind === 'disposable') return 'disposable-email';
  const texts = [request.message ?? '', ...(request.answers ?? []).map(({ answer }) => answer)];
  const links = texts.reduce((count, text) => count + (text.match(link)?.length ?? 0), 0);
  return links > mostLinks ? 'links' : null;
}

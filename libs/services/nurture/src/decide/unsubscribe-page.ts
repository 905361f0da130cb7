export type UnsubscribePage = 'ask' | 'done' | 'unknown';

const words = {
  en: {
    ask: { title: 'Unsubscribe', text: 'Do you want no more letters from us?', button: 'Unsubscribe' },
    done: { title: 'You are unsubscribed', text: 'We will not write to this address any more.' },
    unknown: { title: 'This link is not valid', text: 'Please open the link in our letter once more, whole.' },
  },
  fr: {
    ask: { title: 'Se désabonner', text: 'Ne plus recevoir de lettres de notre part ?', button: 'Se désabonner' },
    done: { title: 'Vous êtes désabonné', text: 'Nous n’écrirons plus à cette adresse.' },
    unknown: {
      title: 'Ce lien n’est pas valable',
      text: 'Veuillez ouvrir de nouveau le lien complet de notre lettre.',
    },
  },
} as const;

/** A page that works without JavaScript and shows nothing of whom it is about. Its button posts to the page's own address. */
export function unsubscribePage(
  page: UnsubscribePage,
  acceptLanguage: string | undefined,
): { language: string; html: string } {
  const language = prefersFrench(acceptLanguage) ? 'fr' : 'en';
  const { title, text } = words[language][page];
  const form = page === 'ask' ? `<form method="post"><button>${words[language].ask.button}</button></form>` : '';
  return {
    language,
    html: `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>body{font:1.125rem/1.5 system-ui,sans-serif;max-width:34rem;margin:20vh auto;padding:0 1.5rem;color:#1f2933}button{font:inherit;padding:.5rem 1rem}</style>
<main><h1>${title}</h1><p>${text}</p>${form}</main>
</html>
`,
  };
}

/** Of English and French, the one with the greater weight; the one named first when they weigh the same. */
function prefersFrench(acceptLanguage = ''): boolean {
  const weighed = acceptLanguage
    .toLowerCase()
    .split(',')
    .flatMap((part) => {
      const [tag = '', ...parameters] = part.trim().split(';');
      const language = tag.split('-')[0];
      const q = parameters.map((parameter) => /^\s*q=([0-9.]+)\s*$/.exec(parameter)?.[1]).find(Boolean);
      const weight = q === undefined ? 1 : Number(q);
      return weight > 0 && (language === 'fr' || language === 'en') ? [{ language, weight }] : [];
    })
    .sort((one, other) => other.weight - one.weight);
  return weighed[0]?.language === 'fr';
}

import type { Answer } from './incoming.js';

const words = {
  en: { title: 'Thank you', text: 'We have received your message and will get back to you.' },
  fr: { title: 'Merci', text: 'Nous avons bien reçu votre message et reviendrons vers vous.' },
} as const;

/** Our own page for a browser that posted a plain form. Repeats nothing of what was sent. */
export function thankYouPage(acceptLanguage: string | undefined): Answer {
  const language = preferred(acceptLanguage);
  const { title, text } = words[language];
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-language': language,
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors *; base-uri 'none'; form-action 'none'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
    body: `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>body{font:1.125rem/1.5 system-ui,sans-serif;max-width:34rem;margin:20vh auto;padding:0 1.5rem;color:#1f2933}</style>
<main><h1>${title}</h1><p>${text}</p></main>
</html>
`,
  };
}

function preferred(acceptLanguage = ''): keyof typeof words {
  const weighed = acceptLanguage
    .toLowerCase()
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';');
      const weight = parameters.map((parameter) => /^\s*q=([0-9.]+)\s*$/.exec(parameter)?.[1]).find(Boolean);
      return { language: tag.split('-')[0], weight: weight === undefined ? 1 : Number(weight) };
    })
    .sort((one, other) => other.weight - one.weight);
  return weighed.find(({ language, weight }) => weight > 0 && (language === 'fr' || language === 'en'))?.language ===
    'fr'
    ? 'fr'
    : 'en';
}

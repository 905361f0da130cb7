export type NormalisedEmail = { readonly isValid: true; readonly email: string } | { readonly isValid: false };

// The address a mail server would take, without quoted local parts and address literals, which only tests use.
const address =
  /^(?<local>[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*)@(?<domain>[^\s@]+)$/u;
const hostname = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]*[a-z][a-z0-9-]*$/;

// What most addresses look like already; nothing is left to do with them.
const normal =
  /^[a-z0-9_%+-]+(?:\.[a-z0-9_%+-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/;

/**
 * An e-mail address as everybody else will write it: trimmed, lower-case, the domain in ASCII (punycode).
 * `mailto:` and angle brackets around it go. Normalising again changes nothing.
 */
export function normaliseEmail(given: string): NormalisedEmail {
  if (given.length <= 64 && normal.test(given)) return { isValid: true, email: given };
  const bare = given
    .trim()
    .replace(/^mailto:/i, '')
    .replace(/^<(.*)>$/, '$1')
    .normalize('NFC')
    .toLowerCase()
    .normalize('NFC');
  const parts = address.exec(bare)?.groups;
  if (!parts?.['local'] || !parts['domain'] || bare.length > 254 || parts['local'].length > 64)
    return { isValid: false };
  const domain = asciiDomain(parts['domain']);
  if (domain === null || !hostname.test(domain)) return { isValid: false };
  return { isValid: true, email: `${parts['local']}@${domain}` };
}

const ascii = /^[a-z0-9.-]+$/;

function asciiDomain(domain: string): string | null {
  if (ascii.test(domain)) return domain;
  return URL.parse(`http://${domain}`)?.hostname ?? null;
}

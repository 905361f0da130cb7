import { parsePhoneNumberFromString } from 'libphonenumber-js';
import type { CountryCode } from 'libphonenumber-js';

/**
 * A phone number in E.164, or null when it is none. A number without a country code is read as one of `country`
 * (ISO 3166-1 alpha-2); meta exports write `p:` before theirs, spreadsheets an apostrophe.
 */
export function normalisePhone(given: string, country: string | undefined): string | null {
  const bare = given
    .normalize('NFKC')
    .trim()
    .replace(/^(?:p:|tel:|['’])\s*/i, '')
    .replace(/^\(\+/, '+(');
  if (bare.length > 60) return null;
  const parsed = parsePhoneNumberFromString(bare, { ...(country ? { defaultCountry: country as CountryCode } : {}) });
  if (!parsed?.isPossible()) return null;
  // A possible number that no plan has may be read in several ways: it must at least be read as itself.
  if (!parsed.isValid() && parsePhoneNumberFromString(parsed.number)?.number !== parsed.number) return null;
  return parsed.number;
}

/** Enough digits for a person to try: what did not normalise may still be called. */
export function looksCallable(given: string): boolean {
  return (given.match(/\d/g)?.length ?? 0) >= 6;
}

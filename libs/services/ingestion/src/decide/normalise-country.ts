import { getCountries } from 'libphonenumber-js';

const spoken = ['en', 'fr', 'de', 'es', 'it', 'nl', 'pt', 'pl'];
const withoutPhones = ['AQ', 'BV', 'GS', 'HM', 'PN', 'TF', 'UM'];
const codes: ReadonlySet<string> = new Set([...getCountries(), ...withoutPhones]);

const otherwise: Readonly<Record<string, string>> = {
  usa: 'US',
  unitedstatesofamerica: 'US',
  america: 'US',
  etatsunisdamerique: 'US',
  uk: 'GB',
  greatbritain: 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  northernireland: 'GB',
  angleterre: 'GB',
  grandebretagne: 'GB',
  uae: 'AE',
  holland: 'NL',
  hollande: 'NL',
  thenetherlands: 'NL',
  czechrepublic: 'CZ',
  republiquetcheque: 'CZ',
  ivorycoast: 'CI',
  southkorea: 'KR',
  coreedusud: 'KR',
  korea: 'KR',
  northkorea: 'KP',
  russianfederation: 'RU',
  turkiye: 'TR',
  vietnam: 'VN',
  macedonia: 'MK',
  birmanie: 'MM',
  burma: 'MM',
  hongkong: 'HK',
  macau: 'MO',
  palestine: 'PS',
  drc: 'CD',
  rdc: 'CD',
  fra: 'FR',
  deu: 'DE',
  gbr: 'GB',
  esp: 'ES',
  ita: 'IT',
  bel: 'BE',
  che: 'CH',
  nld: 'NL',
  prt: 'PT',
  can: 'CA',
  aut: 'AT',
  pol: 'PL',
  lux: 'LU',
  irl: 'IE',
  swe: 'SE',
  nor: 'NO',
  dnk: 'DK',
  fin: 'FI',
};

let names: ReadonlyMap<string, string> | null = null;

/** Made when first asked for: it takes some ten milliseconds. */
function byName(): ReadonlyMap<string, string> {
  names ??= new Map([
    ...spoken.flatMap((language) => {
      const inLanguage = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
      return [...codes].map((code): [string, string] => [squash(inLanguage.of(code) ?? code), code]);
    }),
    ...Object.entries(otherwise),
  ]);
  return names;
}

function squash(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/[^\p{L}]/gu, '')
    .toLowerCase();
}

/** A country as ISO 3166-1 alpha-2, from its code or its name in one of eight languages; null when it is none. */
export function normaliseCountry(given: string): string | null {
  const code = given.trim().toUpperCase();
  if (codes.has(code)) return code;
  return byName().get(squash(given)) ?? null;
}

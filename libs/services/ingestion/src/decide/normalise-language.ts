const names: Readonly<Record<string, string>> = {
  english: 'en',
  anglais: 'en',
  englisch: 'en',
  french: 'fr',
  francais: 'fr',
  franzosisch: 'fr',
  german: 'de',
  allemand: 'de',
  deutsch: 'de',
  spanish: 'es',
  espagnol: 'es',
  espanol: 'es',
  italian: 'it',
  italien: 'it',
  italiano: 'it',
  dutch: 'nl',
  neerlandais: 'nl',
  nederlands: 'nl',
  portuguese: 'pt',
  portugais: 'pt',
  portugues: 'pt',
  polish: 'pl',
  polonais: 'pl',
  polski: 'pl',
  arabic: 'ar',
  arabe: 'ar',
  chinese: 'zh',
  chinois: 'zh',
  japanese: 'ja',
  japonais: 'ja',
  russian: 'ru',
  russe: 'ru',
};

/** A language as BCP 47 (`fr-FR`), from a tag in any case, with `_` for `-`, or a common name; null when it is neither. */
export function normaliseLanguage(given: string): string | null {
  const named = names[given.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().trim()];
  if (named !== undefined) return named;
  const tag = given.trim().replaceAll('_', '-');
  if (!/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(tag)) return null;
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

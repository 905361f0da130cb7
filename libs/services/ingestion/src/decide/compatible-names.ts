/** What a person is called, in whatever parts it was given. */
export interface Named {
  readonly fullName?: string | undefined;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
}

/** The name in one text, or null when none was given. */
export function nameOf(person: Named): string | null {
  return person.fullName ?? ([person.firstName, person.lastName].filter(Boolean).join(' ') || null);
}

/**
 * Whether two names may be one person's: the words of one are among the words of the other (in any order, without
 * accents, a word also by its initial), and at least one word is the same in full. `Ada L` and `Lovelace Ada` are;
 * `Ada Lovelace` and `Alan Lovelace` are not.
 */
export function areCompatibleNames(one: string, other: string): boolean {
  const [few, many] = [words(one), words(other)].sort((left, right) => left.length - right.length) as [
    string[],
    string[],
  ];
  if (few.length === 0) return false;
  const left = [...many];
  let isSameWord = false;
  for (const word of [...few].sort((a, b) => b.length - a.length)) {
    const exact = left.indexOf(word);
    const found = exact >= 0 ? exact : left.findIndex((candidate) => isInitial(word, candidate));
    if (found < 0) return false;
    isSameWord ||= exact >= 0 && word.length > 1;
    left.splice(found, 1);
  }
  return isSameWord;
}

function isInitial(word: string, candidate: string): boolean {
  return (word.length === 1 || candidate.length === 1) && word[0] === candidate[0];
}

function words(name: string): string[] {
  return name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

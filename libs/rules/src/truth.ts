/**
 * Kleene's three values. `unknown` means that the facts needed are missing; it is never a shy `false`.
 *
 * They are words, not `boolean | null`, so that no truthiness test can silently turn `unknown` into `false`.
 */
export type Truth = 'true' | 'false' | 'unknown';

export type Combinator = 'and' | 'or';

export function truthOf(isSo: boolean): Truth {
  return isSo ? 'true' : 'false';
}

export function not(value: Truth): Truth {
  switch (value) {
    case 'true':
      return 'false';
    case 'false':
      return 'true';
    case 'unknown':
      return 'unknown';
  }
}

/** `and` of nothing is true, `or` of nothing is false; `false` decides an `and`, `true` an `or`, whatever is unknown. */
export function combine(combinator: Combinator, values: readonly Truth[]): Truth {
  const decisive = decisiveFor(combinator);
  if (values.includes(decisive)) return decisive;
  return values.includes('unknown') ? 'unknown' : not(decisive);
}

/** The value that settles a group alone. */
export function decisiveFor(combinator: Combinator): 'true' | 'false' {
  return combinator === 'and' ? 'false' : 'true';
}

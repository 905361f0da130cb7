/** What is known, nested and plain: `{person: {country: 'FR'}, score: {fit: 72}}`. Read only. */
export type Facts = Readonly<Record<string, unknown>>;

/** Names that reach an object's machinery rather than its data; never facts, even as own properties. */
const machinery: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** The segments of `person.country`, or null for a path that can never name a fact. */
export function pathSegments(path: string): readonly string[] | null {
  const segments = path.split('.');
  return segments.some((segment) => segment === '' || machinery.has(segment)) ? null : segments;
}

/**
 * Finds a fact by its path; `undefined` when any step is missing.
 *
 * Only own properties count. A path that crosses a list collects from each of its items:
 * `consents.purpose` of `{consents: [{purpose: 'marketing'}]}` is `['marketing']`.
 */
export function lookUp(facts: unknown, segments: readonly string[] | null): unknown {
  if (segments === null) return undefined;
  let found = facts;
  for (let depth = 0; depth < segments.length; depth += 1) {
    if (Array.isArray(found)) {
      const rest = segments.slice(depth);
      return found.flatMap((item: unknown) => lookUp(item, rest) ?? null);
    }
    if (typeof found !== 'object' || found === null) return undefined;
    const segment = segments[depth] as string;
    if (!Object.hasOwn(found, segment)) return undefined;
    found = (found as Facts)[segment];
  }
  return found;
}

/**
 * Nothing was observed: absent, null, blank text, or a number or date that is none.
 *
 * An empty list is an observation: it is known that there is nothing in it.
 */
export function isMissing(observed: unknown): boolean {
  if (observed === undefined || observed === null) return true;
  if (typeof observed === 'string') return observed.trim() === '';
  if (typeof observed === 'number') return !Number.isFinite(observed);
  return observed instanceof Date && Number.isNaN(observed.getTime());
}

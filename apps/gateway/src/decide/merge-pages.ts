export interface LetterItem {
  /** Ids are ordered by time. */
  readonly id: string;
  readonly [field: string]: unknown;
}

export interface LetterPage {
  readonly items: readonly LetterItem[];
  readonly nextCursor: string | null;
}

/**
 * One page of what several services list, newest first. Each was asked for `limit` letters older than the same cursor, so
 * the newest `limit` of all of them are the page, and its last one is where all of them go on.
 */
export function mergePages(
  pages: readonly LetterPage[],
  limit: number,
): { items: LetterItem[]; lastId: string | null } {
  const all = pages.flatMap((page) => page.items).toSorted((one, other) => (one.id < other.id ? 1 : -1));
  const items = all.slice(0, limit);
  const isMore = all.length > limit || pages.some((page) => page.nextCursor !== null);
  return { items, lastId: isMore ? (items.at(-1)?.id ?? null) : null };
}

import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mergePages } from './merge-pages.js';
import type { LetterPage } from './merge-pages.js';

/** As each service answers: its letters older than `before`, newest first. */
function pageOf(letters: readonly string[], limit: number, before: string | null): LetterPage {
  const older = letters.filter((id) => before === null || id < before).toSorted((one, other) => (one < other ? 1 : -1));
  const items = older.slice(0, limit).map((id) => ({ id }));
  return { items, nextCursor: older.length > limit ? 'more' : null };
}

it('shows every letter once, newest first, whatever the page size and however they are spread', () => {
  const ids = fc.uniqueArray(fc.uuid(), { maxLength: 40 });
  fc.assert(
    fc.property(ids, fc.integer({ min: 1, max: 10 }), fc.infiniteStream(fc.nat(3)), (letters, limit, spread) => {
      const services: string[][] = [[], [], [], []];
      for (const letter of letters) services[spread.next().value ?? 0]?.push(letter);

      const seen: string[] = [];
      let before: string | null = null;
      do {
        const { items, lastId } = mergePages(
          services.map((held) => pageOf(held, limit, before)),
          limit,
        );
        seen.push(...items.map(({ id }) => id));
        before = lastId;
      } while (before !== null);

      expect(seen).toEqual(letters.toSorted((one, other) => (one < other ? 1 : -1)));
    }),
  );
});

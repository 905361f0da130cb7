import { describe, expect, it } from '@jest/globals';
import { InvalidInput } from '@relance/errors';
import { decodeCursor, encodeCursor, pageOfAll, pageSchema } from './page.js';
import { z } from 'zod';

const all = ['a', 'b', 'c', 'd', 'e'];
const pagesOf = (limit: number): (readonly string[])[] => {
  const pages: (readonly string[])[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = pageOfAll(all, { limit, cursor }, (item) => item);
    pages.push(page.items);
    cursor = page.nextCursor;
  }
  return pages;
};

describe('a list that is at hand whole', () => {
  it.each([
    [1, [['a'], ['b'], ['c'], ['d'], ['e']]],
    [2, [['a', 'b'], ['c', 'd'], ['e']]],
    [5, [all]],
    [50, [all]],
  ])('is given %d at a time', (limit, pages) => {
    expect(pagesOf(limit)).toEqual(pages);
  });

  it('refuses a cursor that points nowhere in it', () => {
    expect(() => pageOfAll(all, { limit: 2, cursor: encodeCursor('z') }, (item) => item)).toThrow(InvalidInput);
  });
});

describe('a cursor', () => {
  it('that is empty begins at the beginning', () => {
    expect(pageSchema.parse({ cursor: '' })).toEqual({ limit: 50 });
  });

  it.each(['nonsense', encodeCursor(7), encodeCursor('a\0')])('that is not of the list is refused: %s', (cursor) => {
    expect(() => decodeCursor(z.string(), cursor)).toThrow(InvalidInput);
  });
});

import { z } from 'zod';
import { InvalidInput } from '@relance/errors';
import { unstorableTextIn } from './unstorable-text.js';

/** How every list is asked for. */
export const pageSchema = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  /** Empty means from the beginning, as a form's empty field does. */
  cursor: z
    .string()
    .max(1_000)
    .transform((cursor) => (cursor === '' ? undefined : cursor))
    .optional(),
});
export type PageQuery = z.infer<typeof pageSchema>;

/** How every list answers. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** Makes a page of `limit + 1` rows: the one too many only says that there is more. */
export function pageOf<Item>(rows: readonly Item[], limit: number, cursorOf: (last: Item) => string): Page<Item> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : null };
}

/** A page of a list that is short enough to be at hand whole, in its order. @throws {InvalidInput} when nothing of the list is where the cursor points. */
export function pageOfAll<Item>(
  all: readonly Item[],
  { limit, cursor }: PageQuery,
  keyOf: (item: Item) => string,
): Page<Item> {
  if (cursor === undefined) return pageOf(all.slice(0, limit + 1), limit, (last) => encodeCursor(keyOf(last)));
  const last = decodeCursor(z.string(), cursor);
  const from = all.findIndex((item) => keyOf(item) === last) + 1;
  if (from === 0) throw notACursor();
  return pageOf(all.slice(from, from + limit + 1), limit, (item) => encodeCursor(keyOf(item)));
}

/** Where a list goes on, as text that callers hand back unread. */
export function encodeCursor(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** @throws {InvalidInput} when it is not a cursor of this list. */
export function decodeCursor<Schema extends z.ZodType>(schema: Schema, cursor: string): z.infer<Schema> {
  const value = parsedJson(Buffer.from(cursor, 'base64url').toString());
  const result = schema.safeParse(value);
  if (!result.success || unstorableTextIn(value) !== null) throw notACursor();
  return result.data;
}

function notACursor(): InvalidInput {
  return new InvalidInput([{ pointer: '/cursor', code: 'invalid-cursor', message: 'is not a cursor of this list' }]);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

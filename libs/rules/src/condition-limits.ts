/** How large a condition may be. Far above what people write, far below what hurts. */
export const conditionLimits = {
  /** Levels, the root being the first. */
  depth: 20,
  leaves: 500,
  /** Groups and leaves together: empty groups are not free. */
  nodes: 1_000,
  /** Values of one `in`. */
  values: 1_000,
  /** UTF-16 units of one text value; of one field path. */
  textLength: 1_000,
  fieldLength: 200,
} as const;

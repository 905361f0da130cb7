/** Ids as a Postgres array. What needs no quoting is not quoted. */
export function ids(values: readonly string[]): string {
  return `{${values.join(',')}}`;
}

/**
 * Texts without line ends (JSON has none) for `string_to_array($n, E'\n', '')`: what is null or empty comes out as null.
 * Much less work than an array, whose every quote must be escaped here and read again there.
 */
export function lines(values: readonly (string | null)[]): string {
  return values.join('\n');
}

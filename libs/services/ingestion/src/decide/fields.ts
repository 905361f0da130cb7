/** What a form sent: names as given, each with its value or its values. Has no prototype, so no name means anything to us. */
export type Fields = Readonly<Record<string, string | readonly string[]>>;

/** All values of one field in one text, each once. */
export function textOf(value: string | readonly string[]): string {
  return typeof value === 'string' ? value : [...new Set(value.filter((part) => part.trim() !== ''))].join(', ');
}

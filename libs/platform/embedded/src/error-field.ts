/**
 * A field of a thrown thing, such as `code` or `path`. Not `instanceof Error`: Node's own errors come from another realm
 * than the code that runs under a test runner.
 */
export function errorField(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[name] : undefined;
}

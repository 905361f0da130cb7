type Element = string | number | boolean | Date | null;

const needsEscape = /["\\]/;
const escaped = /["\\]/g;

/**
 * A Postgres array as text. The driver would do the same with two rewrites of every element, which is what batches
 * spend their time on.
 *
 * Source: PostgreSQL manual, "Array Input and Output Syntax".
 */
export function arrayLiteral(elements: readonly Element[]): string {
  let literal = '{';
  for (let i = 0; i < elements.length; i++) {
    if (i > 0) literal += ',';
    literal += elementLiteral(elements[i] ?? null);
  }
  return `${literal}}`;
}

function elementLiteral(element: Element): string {
  if (element === null) return 'NULL';
  if (typeof element === 'string') return `"${needsEscape.test(element) ? element.replace(escaped, '\\$&') : element}"`;
  return element instanceof Date ? `"${element.toISOString()}"` : String(element);
}

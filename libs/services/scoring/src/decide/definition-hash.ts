import { createHash } from 'node:crypto';
import type { ScoringDefinition } from '@relance/api';

/** SHA-256, in hex, of the canonical JSON: keys sorted, no spaces. What is signed is this. */
export function definitionHash(document: ScoringDefinition): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(document)))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

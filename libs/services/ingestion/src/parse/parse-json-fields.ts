import { InvalidInput } from '@relance/errors';
import type { Fields } from '../decide/fields.js';
import { parseJson } from './parse-json.js';

const deepest = 8;

/**
 * A JSON object as the fields of a form: `{"person": {"email": "…"}}` is `person.email`; a list of simple values is one
 * field with several values; `null` is not given.
 *
 * @throws {MalformedBody} {InvalidInput}
 */
export function parseJsonFields(body: Buffer): Fields {
  const given = parseJson(body);
  if (!isObject(given) || Array.isArray(given)) {
    throw new InvalidInput([{ pointer: '', code: 'not-an-object', message: 'must be a JSON object' }]);
  }
  const fields = Object.create(null) as Record<string, string | string[]>;
  flatten(given, '', fields, 1);
  return fields;
}

function flatten(given: object, under: string, fields: Record<string, string | string[]>, depth: number): void {
  if (depth > deepest)
    throw new InvalidInput([{ pointer: '', code: 'too-deep', message: `is nested more than ${deepest} deep` }]);
  for (const [name, value] of Object.entries(given) as [string, unknown][]) {
    const path = under + name;
    if (!isObject(value)) {
      if (value !== null) fields[path] = typeof value === 'string' ? value : JSON.stringify(value);
    } else if (Array.isArray(value) && !value.some(isObject)) {
      fields[path] = value.filter((part) => part !== null).map(String);
    } else {
      flatten(value, `${path}.`, fields, depth + 1);
    }
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

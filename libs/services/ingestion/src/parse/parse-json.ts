import { isUtf8 } from 'node:buffer';
import { MalformedBody } from './malformed-body.error.js';

const longNumber = /\d{16}/;

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

/**
 * Any JSON. A number that JavaScript would round is kept as its text: ids of ad platforms are larger than 2^53.
 *
 * @throws {MalformedBody}
 */
export function parseJson(body: Buffer): unknown {
  if (!isUtf8(body)) throw new MalformedBody('JSON');
  const text = body.toString('utf8').replace(/^\ufeff/, '');
  try {
    return longNumber.test(text)
      ? JSON.parse(text, keepLongNumbers as Parameters<typeof JSON.parse>[1])
      : JSON.parse(text);
  } catch (error) {
    throw new MalformedBody('JSON', withoutText(error));
  }
}

const keepLongNumbers: Reviver = (_key, value, { source }) => {
  return typeof value === 'number' && source !== undefined && String(value) !== source && source.length >= 16
    ? source
    : value;
};

/** A SyntaxError quotes the text, which may hold a name or an address. */
function withoutText(error: unknown): Error {
  return new Error(error instanceof SyntaxError ? 'not JSON' : 'JSON that is too deep');
}

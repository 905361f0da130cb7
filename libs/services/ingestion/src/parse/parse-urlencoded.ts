import { isUtf8 } from 'node:buffer';
import { parse } from 'node:querystring';
import { InvalidInput } from '@relance/errors';
import type { Fields } from '../decide/fields.js';
import { MalformedBody } from './malformed-body.error.js';

const mostPairs = 1_000;
const brokenEscape = /%(?![0-9a-fA-F]{2})/;
const windows1252 = new TextDecoder('windows-1252');

/**
 * `application/x-www-form-urlencoded`, as the WHATWG writes it: `+` is a blank, keys may repeat. Text that is not UTF-8
 * is read as windows-1252, which is what a page in that encoding sends.
 *
 * @throws {MalformedBody} {InvalidInput}
 */
export function parseUrlencoded(body: Buffer): Fields {
  const text = isUtf8(body) ? body.toString('utf8') : windows1252.decode(body);
  if (text.includes('%') && brokenEscape.test(text)) throw new MalformedBody('a form');
  const fields = parse(text, '&', '=', { maxKeys: mostPairs + 1 }) as Fields;
  let pairs = 0;
  let isUnreadable = false;
  for (const name in fields) {
    const value = fields[name] ?? '';
    pairs += typeof value === 'string' ? 1 : value.length;
    isUnreadable ||=
      hasReplacement(name) || (typeof value === 'string' ? hasReplacement(value) : value.some(hasReplacement));
  }
  if (pairs > mostPairs)
    throw new InvalidInput([{ pointer: '', code: 'too-many-fields', message: `has more than ${mostPairs} fields` }]);
  if (isUnreadable && !/%EF%BF%BD/i.test(text))
    return parse(text, '&', '=', { decodeURIComponent: decodeWindows1252 }) as Fields;
  return fields;
}

/** Node's parser puts U+FFFD where escaped bytes are not UTF-8. */
function hasReplacement(text: string): boolean {
  return text.includes('\ufffd');
}

function decodeWindows1252(text: string): string {
  return text.replaceAll(/(?:%[0-9a-fA-F]{2})+/g, (escaped) =>
    windows1252.decode(Buffer.from(escaped.replaceAll('%', ''), 'hex')),
  );
}

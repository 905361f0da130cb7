import { isUtf8 } from 'node:buffer';
import type { Fields } from '../decide/fields.js';
import { MalformedBody } from './malformed-body.error.js';

const mostParts = 1_000;
const lineEnd = '\r\n';
const windows1252 = new TextDecoder('windows-1252');

/**
 * `multipart/form-data` (RFC 7578) as browsers write it. Of a file its name is kept; an input without a file is not
 * given. Text that is not UTF-8 is read as windows-1252.
 *
 * @param contentType the whole header: it says where parts begin.
 * @throws {MalformedBody}
 */
export function parseMultipart(body: Buffer, contentType: string): Fields {
  const parameter = /;\s*boundary=(?:"([^"]{1,200})"|([^;\s"]{1,200}))/i.exec(contentType);
  const boundary = parameter?.[1] ?? parameter?.[2];
  if (boundary === undefined) throw new MalformedBody('multipart');
  const delimiter = `--${boundary}`;
  const fields = Object.create(null) as Record<string, string | string[]>;
  let at = delimiterAt(body, delimiter, 0);
  for (let parts = 0; !isLast(body, at + delimiter.length); parts++) {
    const head = body.indexOf(lineEnd, at + delimiter.length) + lineEnd.length;
    const headEnd = body.indexOf(lineEnd + lineEnd, head - lineEnd.length);
    if (head < lineEnd.length || headEnd < 0 || parts === mostParts) throw new MalformedBody('multipart');
    const valueAt = headEnd + 2 * lineEnd.length;
    at = delimiterAt(body, delimiter, headEnd + lineEnd.length);
    add(
      fields,
      text(body.subarray(head, Math.max(head, headEnd))),
      text(body.subarray(valueAt, Math.max(valueAt, at - lineEnd.length))),
    );
  }
  return fields;
}

/** Where the next delimiter stands: at the begin of a line, with nothing after it on that line but its own ending. */
function delimiterAt(body: Buffer, delimiter: string, from: number): number {
  for (let at = body.indexOf(delimiter, from); at >= 0; at = body.indexOf(delimiter, at + 1)) {
    const startsLine = at === 0 || body.toString('latin1', at - lineEnd.length, at) === lineEnd;
    const after = body.toString('latin1', at + delimiter.length, at + delimiter.length + 2);
    if (startsLine && (after === '--' || after === lineEnd || /^[ \t]/.test(after))) return at;
  }
  throw new MalformedBody('multipart');
}

function isLast(body: Buffer, at: number): boolean {
  return body.toString('latin1', at, at + 2) === '--';
}

function add(fields: Record<string, string | string[]>, head: string, value: string): void {
  const disposition = /^content-disposition:\s*form-data\s*(;.*)$/im.exec(head)?.[1] ?? '';
  const name = parameterOf(disposition, 'name');
  if (name === undefined) throw new MalformedBody('multipart');
  const said = parameterOf(disposition, 'filename') ?? value;
  const earlier = fields[name];
  fields[name] = earlier === undefined ? said : [...(typeof earlier === 'string' ? [earlier] : earlier), said];
}

/** Browsers write `%22`, `%0D` and `%0A` for what would end the parameter. */
function parameterOf(disposition: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^;\\s]+))`, 'i').exec(disposition);
  return (found?.[1] ?? found?.[2])?.replaceAll('%22', '"').replaceAll('%0D', '\r').replaceAll('%0A', '\n');
}

function text(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString('utf8') : windows1252.decode(bytes);
}

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '@relance/errors';
import { FormRules } from '../decide/form-rules.js';
import { readForm } from '../decide/read-form.js';
import { parseJsonFields } from './parse-json-fields.js';
import { parseMultipart } from './parse-multipart.js';
import { parseUrlencoded } from './parse-urlencoded.js';

const urlencoded = (text: string) => ({ ...parseUrlencoded(Buffer.from(text, 'latin1')) });
const json = (text: string) => ({ ...parseJsonFields(Buffer.from(text)) });

describe('urlencoded', () => {
  it.each([
    ['a=1&b=x+y&c=%C3%A9', { a: '1', b: 'x y', c: 'é' }],
    ['a=1&a=2&b', { a: ['1', '2'], b: '' }],
    ['', {}],
    ['=x', { '': 'x' }],
    ['n=caf%E9&m=caf\xe9', { n: 'café', m: 'café' }],
    ['n=caf%E9+%C3', { n: 'café Ã' }],
    ['n=%EF%BF%BD', { n: '\ufffd' }],
    ['message=Line+1%0D%0ALine+2', { message: 'Line 1\r\nLine 2' }],
  ])('%p', (text, fields) => {
    expect(urlencoded(text)).toEqual(fields);
  });

  it.each(['a=100%', 'a=%zz', 'a=%4'])('%p is malformed', (text) => {
    expect(() => urlencoded(text)).toThrow(expect.objectContaining({ kind: 'malformed' }));
  });

  it('refuses more pairs than a form has', () => {
    expect(() => urlencoded('a=1&'.repeat(1_001))).toThrow(expect.objectContaining({ kind: 'invalid' }));
  });
});

describe('JSON', () => {
  it.each([
    ['{"a":"x","b":1,"c":true,"d":null}', { a: 'x', b: '1', c: 'true' }],
    ['\ufeff{"a":"x"}', { a: 'x' }],
    ['{"person":{"email":"e"},"l":["a",2,null],"o":[{"q":1}]}', { 'person.email': 'e', l: ['a', '2'], 'o.0.q': '1' }],
    ['{"id":12345678901234567890,"f":1.5}', { id: '12345678901234567890', f: '1.5' }],
    ['{"__proto__":{"admin":true}}', { '__proto__.admin': 'true' }],
  ])('%p', (text, fields) => {
    expect(json(text)).toEqual(fields);
  });

  it.each([
    ['{', 'malformed'],
    ['', 'malformed'],
    ['email=a', 'malformed'],
    ['[]', 'invalid'],
    ['"x"', 'invalid'],
    ['null', 'invalid'],
    [`${'{"a":'.repeat(20)}1${'}'.repeat(20)}`, 'invalid'],
    [`${'['.repeat(50_000)}${']'.repeat(50_000)}`, 'invalid'],
  ])('%#: %s is not a form', (text, kind) => {
    expect(() => json(text)).toThrow(expect.objectContaining({ kind }));
  });

  it('tells nothing of the text that it could not read', () => {
    try {
      json('{"email": ada@example.org}');
      throw new Error('it was read');
    } catch (error) {
      expect(error).toMatchObject({ kind: 'malformed' });
      expect(JSON.stringify([(error as Error).message, String((error as Error).cause)])).not.toContain('ada');
    }
  });
});

describe('multipart', () => {
  const multipart = (...parts: [string, string][]): Buffer =>
    Buffer.from(
      `${parts.map(([head, value]) => `--b\r\ncontent-disposition: form-data; ${head}\r\n\r\n${value}\r\n`).join('')}--b--\r\n`,
    );
  const type = 'multipart/form-data; boundary=b';

  it('reads fields, and of a file its name', () => {
    const body = multipart(
      ['name="email"', 'a@b.org'],
      ['name="x"', '1'],
      ['name="x"', 'é'],
      ['name="cv"; filename="cv.pdf"', 'bytes'],
      ['name="none"; filename=""', ''],
    );
    expect({ ...parseMultipart(body, type) }).toEqual({ email: 'a@b.org', x: ['1', 'é'], cv: 'cv.pdf', none: '' });
  });

  it('takes what stands around and within the parts as what it is', () => {
    const body = Buffer.from(
      'preamble\r\n--b \r\nContent-Type: text/plain\r\nContent-Disposition: form-data; name="a%22b"\r\n\r\nx\r\n--bc\r\ny\r\n--b\r\ncontent-disposition: form-data; name=e\r\n\r\n\r\n--b--\r\nepilogue',
    );
    expect({ ...parseMultipart(body, 'multipart/form-data; charset=utf-8; boundary="b"') }).toEqual({
      'a"b': 'x\r\n--bc\r\ny',
      e: '',
    });
  });

  it.each([
    ['no boundary', multipart(['name="a"', '1']), 'multipart/form-data'],
    ['another boundary', multipart(['name="a"', '1']), 'multipart/form-data; boundary=c'],
    ['cut off', multipart(['name="a"', '1']).subarray(0, 30), type],
    ['nothing', Buffer.alloc(0), type],
  ])('%s is malformed', (_what, body, contentType) => {
    expect(() => parseMultipart(body, contentType)).toThrow(expect.objectContaining({ kind: 'malformed' }));
  });
});

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null
    ? [...Object.keys(value), ...(Object.values(value) as unknown[])].flatMap(textsOf)
    : [];
}

it('arbitrary bytes are read or refused, and nothing else happens', () => {
  const rules = new FormRules({ mapping: {}, defaults: {} });
  const pieces = fc.array(
    fc.constantFrom(
      '{',
      '}',
      '[',
      '"',
      ':',
      ',',
      '=',
      '&',
      '%',
      '%00',
      '\\u0000',
      '\\ud800',
      'email',
      '__proto__',
      '--b',
      '\r\n',
      'content-disposition: form-data; name="a"',
      '\0',
      'é',
      '1e999',
    ),
    { maxLength: 30 },
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
    pieces.map((parts) => Buffer.from(parts.join(''))),
    fc.json().map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(bytes, (body) => {
      for (const parse of [
        parseUrlencoded,
        parseJsonFields,
        (given: Buffer) => parseMultipart(given, 'multipart/form-data; boundary=b'),
      ]) {
        try {
          const form = readForm(parse(body), rules);
          if (form.issues.length === 0)
            expect(textsOf(form.facts).filter((text) => text.includes('\0') || !text.isWellFormed())).toEqual([]);
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
        }
      }
    }),
    { numRuns: 300 },
  );
});

import { describe, expect, it } from '@jest/globals';
import { issuesOf } from '@relance/errors';
import { mergePatch } from './merge-patch.js';
import { newSourceSchema } from './source-schemas.js';

const source = { key: 'site', kind: 'form', name: 'Site' };

describe('a source', () => {
  it('is on, and has no rules of its own, where nothing is said', () => {
    expect(newSourceSchema.parse(source)).toEqual({
      ...source,
      enabled: true,
      settings: {},
      mapping: {},
      defaults: {},
    });
  });

  it.each([
    [{ key: 'Not A Key' }, ['/key']],
    [{ kind: 'carrier-pigeon' }, ['/kind']],
    [{ name: ' ' }, ['/name']],
    [{ nmae: 'x' }, ['']],
    [
      { settings: { allowedOrigins: ['https://example.org/', 'example.org', 'https://example.org'] } },
      ['/settings/allowedOrigins/0', '/settings/allowedOrigins/1'],
    ],
    [{ settings: { redirectUrls: ['javascript:alert(1)'] } }, ['/settings/redirectUrls/0']],
    [{ settings: { rateLimit: { perMinute: 0 } } }, ['/settings/rateLimit/perMinute']],
    [{ settings: { rateLimit: 'never' } }, ['/settings/rateLimit']],
    [{ settings: { colour: 'red' } }, ['/settings']],
    [{ mapping: { position: 'person.job', staff: 'company.employees' } }, ['/mapping/position']],
    [{ mapping: { x: '__proto__' } }, ['/mapping/x']],
    [
      { defaults: { country: 'France', lang: 'fr', language: 'fr_FR' } },
      ['/defaults/country', '/defaults/lang', '/defaults/language'],
    ],
    [{ secret: 'short' }, ['/secret']],
  ])('with %p is refused at %p', (over, pointers) => {
    const parsed = newSourceSchema.safeParse({ ...source, ...over });
    expect(issuesOf(parsed.error?.issues ?? []).map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it('says which kinds there are', () => {
    expect(newSourceSchema.safeParse({ ...source, kind: 'x' }).error?.issues[0]?.message).toBe('must be one of: form');
  });
});

it.each([
  [{ a: { b: 1, c: 2 } }, { a: { b: null, d: 3 } }, { a: { c: 2, d: 3 } }],
  [{ a: 'none' }, { a: { b: 1 } }, { a: { b: 1 } }],
  [{ a: [1, 2] }, { a: [3] }, { a: [3] }],
  [{ a: 1 }, {}, { a: 1 }],
])('%p merged with %p is %p', (target, patch, merged) => {
  expect(mergePatch(target, patch)).toEqual(merged);
});

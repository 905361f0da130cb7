import { describe, expect, it } from '@jest/globals';
import { SecretBox, isSameSecret } from './secret-box.js';

const box = new SecretBox({ TRUSTED_PROXIES: [], SECRETS_KEY: Buffer.alloc(32, 1).toString('base64') });

describe('a sealed secret', () => {
  it('opens where it was sealed for, and shows nothing of itself', () => {
    const sealed = box.seal('s3cret-é', 'source/site');
    expect(sealed).not.toContain('s3cret');
    expect(box.open(sealed, 'source/site')).toBe('s3cret-é');
    expect(box.seal('s3cret-é', 'source/site')).not.toBe(sealed);
  });

  it.each([
    ['in another place', (sealed: string) => [sealed, 'source/other'] as const],
    ['when it was changed', (sealed: string) => [`${sealed.slice(0, -2)}AA`, 'source/site'] as const],
    ['when it is none', () => ['nonsense', 'source/site'] as const],
  ])('does not open %s', (_where, change) => {
    const [sealed, place] = change(box.seal('s3cret', 'source/site'));
    expect(() => box.open(sealed, place)).toThrow(expect.objectContaining({ code: 'ingestion.secret-unreadable' }));
  });

  it('does not open with another key', () => {
    const other = new SecretBox({ TRUSTED_PROXIES: [], SECRETS_KEY: Buffer.alloc(32, 2).toString('base64') });
    expect(() => other.open(box.seal('s3cret', 'p'), 'p')).toThrow(expect.objectContaining({ kind: 'unavailable' }));
  });
});

it.each([
  ['a', 'a', true],
  ['a', 'b', false],
  ['', '', false],
  ['', 'a', false],
])('%p is the secret %p: %p', (given, secret, isSame) => {
  expect(isSameSecret(given, secret)).toBe(isSame);
});

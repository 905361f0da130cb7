import { describe, expect, it } from '@jest/globals';
import { TrustedProxies, isAddressOrNetwork, limitedTogether } from './client-address.js';
import { crossOriginHeaders, preflightHeaders } from './cross-origin.js';
import { RateLimiter } from './rate-limiter.js';
import { thankYouPage } from './thank-you-page.js';

describe('the address of a client', () => {
  const proxies = new TrustedProxies(['10.0.0.0/8', '::1', '127.0.0.1']);

  it.each([
    ['192.0.2.1', undefined, '192.0.2.1'],
    ['::ffff:192.0.2.1', undefined, '192.0.2.1'],
    ['192.0.2.1', '198.51.100.7', '192.0.2.1'],
    ['10.1.2.3', '198.51.100.7', '198.51.100.7'],
    ['::ffff:127.0.0.1', '198.51.100.7', '198.51.100.7'],
    ['10.1.2.3', '6.6.6.6, 198.51.100.7', '198.51.100.7'],
    ['10.1.2.3', '198.51.100.7, 10.9.9.9', '198.51.100.7'],
    ['10.1.2.3', '6.6.6.6, nonsense', '10.1.2.3'],
    ['10.1.2.3', '2001:db8::1', '2001:db8::1'],
    ['10.1.2.3', '10.4.4.4', '10.4.4.4'],
  ])('%p that forwards for %p: %p', (peer, forwardedFor, address) => {
    expect(proxies.clientAddress(peer, forwardedFor)).toBe(address);
  });

  it.each([
    ['10.0.0.1', true],
    ['10.0.0.0/8', true],
    ['::1', true],
    ['2001:db8::/32', true],
    ['10.0.0.0/33', false],
    ['proxy', false],
    ['10.0.0.0/8/1', false],
    ['10.0.0.0/x', false],
  ])('%p may stand in TRUSTED_PROXIES: %p', (entry, isOne) => {
    expect(isAddressOrNetwork(entry)).toBe(isOne);
  });

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::9', '2001:db8:1:2'],
    ['2001:db8::9', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
  ])('%p is limited with %p', (address, together) => {
    expect(limitedTogether(address)).toBe(together);
  });
});

describe('a limit per address', () => {
  it('lets a minute’s worth through at once, then evenly', () => {
    const limiter = new RateLimiter();
    const taken = Array.from({ length: 5 }, () => limiter.take('a', 3, 0));
    expect(taken).toEqual([0, 0, 0, 20, 20]);
    expect(limiter.take('a', 3, 19_000)).toBe(1);
    expect(limiter.take('a', 3, 20_000)).toBe(0);
    expect(limiter.take('a', 3, 20_000)).toBe(20);
    expect(limiter.take('b', 3, 20_000)).toBe(0);
  });
});

describe('pages of other origins', () => {
  const settings = { allowedOrigins: ['https://www.example.org'] };

  it.each([
    ['https://www.example.org', settings, 'https://www.example.org'],
    ['https://evil.example', settings, undefined],
    ['https://www.example.org.evil.example', settings, undefined],
    ['null', settings, undefined],
    ['https://any.example', { allowedOrigins: ['*'] }, 'https://any.example'],
    ['https://any.example', {}, undefined],
  ])('%p with %p may read: %p', (origin, set, allowed) => {
    expect(crossOriginHeaders(origin, set)['access-control-allow-origin']).toBe(allowed);
    expect(crossOriginHeaders(origin, set)['vary']).toBe('Origin');
    expect('access-control-allow-methods' in preflightHeaders(origin, set)).toBe(allowed !== undefined);
  });
});

it.each([
  ['fr-FR,fr;q=0.9,en;q=0.8', 'fr'],
  ['en-GB,fr;q=0.5', 'en'],
  ['de, fr;q=0.3', 'fr'],
  ['fr;q=0', 'en'],
  [undefined, 'en'],
  [';;;q=,,', 'en'],
])('thanks in the language of %p: %p', (header, language) => {
  expect(thankYouPage(header).headers['content-language']).toBe(language);
});

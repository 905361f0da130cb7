import { describe, expect, it } from '@jest/globals';
import { isPublicAddress } from './public-address.js';

describe('an address of the open internet', () => {
  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.15.255.255',
    '172.32.0.1',
    '192.167.0.1',
    '223.255.255.255',
    '2606:4700::1111',
    '2a01:e0a::1',
  ])('is %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    { address: '127.0.0.1', why: 'loopback' },
    { address: '127.255.255.254', why: 'loopback' },
    { address: '0.0.0.0', why: 'this host' },
    { address: '10.1.2.3', why: 'private' },
    { address: '172.16.0.1', why: 'private' },
    { address: '172.31.255.255', why: 'private' },
    { address: '192.168.1.1', why: 'private' },
    { address: '169.254.169.254', why: 'link-local: the cloud’s metadata' },
    { address: '100.64.0.1', why: 'carrier’s own' },
    { address: '198.18.0.1', why: 'benchmarks' },
    { address: '224.0.0.1', why: 'multicast' },
    { address: '255.255.255.255', why: 'broadcast' },
    { address: '::', why: 'unspecified' },
    { address: '::1', why: 'loopback' },
    { address: '::ffff:127.0.0.1', why: 'IPv4 in IPv6' },
    { address: '::ffff:10.0.0.1', why: 'IPv4 in IPv6' },
    { address: '::ffff:8.8.8.8', why: 'IPv4 in IPv6, which nobody needs' },
    { address: '64:ff9b::a00:1', why: 'NAT64' },
    { address: '2002:7f00:1::', why: '6to4' },
    { address: '2001::1', why: 'Teredo' },
    { address: '2001:db8::1', why: 'documentation' },
    { address: 'fc00::1', why: 'unique local' },
    { address: 'fd12:3456::1', why: 'unique local' },
    { address: 'fe80::1', why: 'link-local' },
    { address: 'fe80::1%eth0', why: 'link-local with a zone' },
    { address: 'ff02::1', why: 'multicast' },
    { address: 'example.org', why: 'a name' },
    { address: '', why: 'nothing' },
  ])('is not $address ($why)', ({ address }) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

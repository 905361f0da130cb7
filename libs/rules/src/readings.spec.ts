import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readDomain, readInstant, readNumber } from './readings.js';

describe('an instant', () => {
  it('is read as the platform reads it, for every date of the calendar', () => {
    const dates = fc.date({
      min: new Date('0000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    fc.assert(fc.property(dates, (date) => readInstant(date.toISOString()) === date.getTime()));
  });

  it.each([
    ['2026-11-20', Date.UTC(2026, 10, 20)],
    ['2026-11-20T10:00Z', Date.UTC(2026, 10, 20, 10)],
    ['2026-11-20T10:00:00.5-05:30', Date.UTC(2026, 10, 20, 15, 30, 0, 500)],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['2026-02-29', undefined],
    ['1900-02-29', undefined],
    ['2026-13-01', undefined],
    ['2026-11-20T24:00:00Z', undefined],
    ['2026-11-20T10:00:00', undefined],
    ['20 November 2026', undefined],
    [1_700_000_000_000, undefined],
  ])('%s is %s', (text, milliseconds) => {
    expect(readInstant(text)).toBe(milliseconds);
  });
});

describe('a number', () => {
  it.each([
    [' 42 ', 42],
    ['-1.50', -1.5],
    ['1e3', undefined],
    ['0x10', undefined],
    ['1,5', undefined],
    ['', undefined],
    [Number.POSITIVE_INFINITY, undefined],
    ['9'.repeat(400), undefined],
  ])('%j is %s', (value, number) => {
    expect(readNumber(value)).toBe(number);
  });
});

describe('a domain', () => {
  it.each([
    ['a'.repeat(100_000), undefined],
    ['-'.repeat(100_000) + '.', undefined],
    ['https://', undefined],
    ['@', undefined],
    ['http://[::1]/', undefined],
    ['acme..com', undefined],
    ['é'.repeat(100_000), undefined],
  ])('is not found in odd text, nor for long (%#)', (text, domain) => {
    expect(readDomain(text)).toBe(domain);
  });
});

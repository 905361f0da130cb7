import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { durationSchema, formatDuration, InvalidDuration, parseDuration } from './duration.js';

const HUNDRED_YEARS_MS = 36_525 * 86_400_000;

describe('parseDuration', () => {
  it.each([
    { text: 'PT30M', milliseconds: 1_800_000 },
    { text: 'P1D', milliseconds: 86_400_000 },
    { text: 'PT0S', milliseconds: 0 },
    { text: 'PT1.5S', milliseconds: 1_500 },
    { text: 'PT0.001S', milliseconds: 1 },
    { text: 'P2W', milliseconds: 1_209_600_000 },
    { text: 'P1DT2H3M4S', milliseconds: 93_784_000 },
    { text: 'PT90M', milliseconds: 5_400_000 },
    { text: 'P36525D', milliseconds: HUNDRED_YEARS_MS },
  ])('reads $text as $milliseconds ms', ({ text, milliseconds }) => {
    expect(parseDuration(text)).toBe(milliseconds);
    expect(durationSchema.parse(text)).toBe(text);
  });

  it.each([
    '',
    'P',
    'PT',
    'P1DT',
    '30M',
    'pt30m',
    'P1Y',
    'P1M',
    'P1W1D',
    '-PT1S',
    'PT-1S',
    'PT1.S',
    'PT.5S',
    'PT1,5S',
    'PT1.5M',
    'PT1S1M',
    ' PT1S',
    'PT1S\n',
    'PT1.0005S',
    'P36526D',
    'PT9999999999S',
  ])('refuses %j', (text) => {
    expect(() => parseDuration(text)).toThrow(InvalidDuration);
    expect(durationSchema.safeParse(text).success).toBe(false);
  });
});

describe('formatDuration', () => {
  it.each([
    { milliseconds: 0, text: 'PT0S' },
    { milliseconds: 1_800_000, text: 'PT30M' },
    { milliseconds: 86_400_000, text: 'P1D' },
    { milliseconds: 90_061_001, text: 'P1DT1H1M1.001S' },
  ])('writes $milliseconds ms as $text', ({ milliseconds, text }) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  it('is read back as it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: HUNDRED_YEARS_MS }), (milliseconds) => {
        expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds);
      }),
    );
  });

  it.each([-1, 0.5, NaN, Infinity, HUNDRED_YEARS_MS + 1])('refuses %d', (milliseconds) => {
    expect(() => formatDuration(milliseconds)).toThrow(RangeError);
  });
});

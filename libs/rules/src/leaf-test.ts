import type { ConditionLeaf, ConditionValue, ScalarValue } from './condition.js';
import { isMissing } from './facts.js';
import type { ScalarType } from './field-catalogue.js';
import { isSurelyNumeric, readBoolean, readDomain, readInstant, readNumber, readText } from './readings.js';
import type { Truth } from './truth.js';
import { combine, not, truthOf } from './truth.js';

/** Answers one leaf for one observed value; everything that depends on the condition alone is prepared beforehand. */
export type LeafTest = (observed: unknown) => Truth;

type ScalarTest = (observed: unknown) => Truth;

/**
 * Prepares the test of a leaf.
 *
 * What is missing, on either side, is `unknown`; so is a value that cannot be read as the field's type, and an order
 * between values of different kinds. An observed list matches if any of its elements does; `!=` and `notIn` negate
 * that: no element matches.
 *
 * @param type the field's type; `undefined` reads it off the two values compared
 */
export function leafTest({ operator, value }: ConditionLeaf, type: ScalarType | undefined): LeafTest {
  switch (operator) {
    case 'null':
      return (observed) => truthOf(isMissing(observed));
    case 'notNull':
      return (observed) => truthOf(!isMissing(observed));
    case '=':
      return anyElement(equals(scalarOf(value), type));
    case '!=':
      return negated(anyElement(equals(scalarOf(value), type)));
    case 'in':
      return anyElement(isOneOf(valuesOf(value), type));
    case 'notIn':
      return negated(anyElement(isOneOf(valuesOf(value), type)));
    case '<':
      return anyElement(ordered(scalarOf(value), type, (sign) => sign < 0));
    case '<=':
      return anyElement(ordered(scalarOf(value), type, (sign) => sign <= 0));
    case '>':
      return anyElement(ordered(scalarOf(value), type, (sign) => sign > 0));
    case '>=':
      return anyElement(ordered(scalarOf(value), type, (sign) => sign >= 0));
    case 'between':
      return anyElement(isBetween(valuesOf(value), type));
    case 'contains':
      return anyElement(textual(scalarOf(value), (text, part) => text.includes(part)));
    case 'beginsWith':
      return anyElement(textual(scalarOf(value), (text, part) => text.startsWith(part)));
    case 'endsWith':
      return anyElement(textual(scalarOf(value), (text, part) => text.endsWith(part)));
    case 'matchesDomain':
      return anyElement(isInDomain(scalarOf(value)));
  }
}

/** The value of an operator that takes one, or `undefined` when there is none to compare with. */
export function scalarOf(value: ConditionValue | undefined): ScalarValue | undefined {
  if (value === undefined || value === null || typeof value === 'object' || isMissing(value)) return undefined;
  return value;
}

/** The values of an operator that takes a list: an array, or text between commas. */
export function valuesOf(value: ConditionValue | undefined): readonly ScalarValue[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'object') return value;
  if (typeof value !== 'string') return [value];
  const listed = value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return listed.length > 0 ? listed : undefined;
}

/** The domain asked for by `matchesDomain`; `*.acme.com` and `@acme.com` ask for `acme.com`. */
export function domainOf(value: ScalarValue | undefined): string | undefined {
  return readDomain(typeof value === 'string' ? value.trim().replace(/^\*\./, '') : value);
}

function anyElement(test: ScalarTest): LeafTest {
  const testPresent: ScalarTest = (observed) => (isMissing(observed) ? 'unknown' : test(observed));
  return (observed) => (Array.isArray(observed) ? combine('or', observed.map(testPresent)) : testPresent(observed));
}

function negated(test: LeafTest): LeafTest {
  return (observed) => not(test(observed));
}

function alwaysUnknown(): Truth {
  return 'unknown';
}

function equals(expected: ScalarValue | undefined, type: ScalarType | undefined): ScalarTest {
  if (expected === undefined) return alwaysUnknown;
  const compare = comparisonWith(expected, type);
  return (observed) => {
    const sign = compare(observed);
    if (typeof sign === 'number') return truthOf(sign === 0);
    return sign === 'other-kind' ? 'false' : 'unknown';
  };
}

function isOneOf(values: readonly ScalarValue[] | undefined, type: ScalarType | undefined): ScalarTest {
  if (values === undefined) return alwaysUnknown;
  if (type !== undefined) return isOneOfReadings(values, readers[type]);
  const tests = values.map((value) => equals(scalarOf(value), undefined));
  return (observed) =>
    combine(
      'or',
      tests.map((test) => test(observed)),
    );
}

/** The same answer for a declared type, in one look-up however long the list. */
function isOneOfReadings(values: readonly ScalarValue[], read: Reader): ScalarTest {
  const wanted = new Set(values.map((value) => read(scalarOf(value))));
  const otherwise: Truth = wanted.delete(undefined) ? 'unknown' : 'false';
  return (observed) => {
    const reading = read(observed);
    if (reading === undefined) return values.length === 0 ? 'false' : 'unknown';
    return wanted.has(reading) ? 'true' : otherwise;
  };
}

function ordered(
  expected: ScalarValue | undefined,
  type: ScalarType | undefined,
  holds: (sign: number) => boolean,
): ScalarTest {
  if (expected === undefined) return alwaysUnknown;
  const compare = comparisonWith(expected, type);
  return (observed) => {
    const sign = compare(observed);
    return typeof sign === 'number' ? truthOf(holds(sign)) : 'unknown';
  };
}

function isBetween(values: readonly ScalarValue[] | undefined, type: ScalarType | undefined): ScalarTest {
  if (values?.length !== 2) return alwaysUnknown;
  const isFrom = ordered(scalarOf(values[0]), type, (sign) => sign >= 0);
  const isUpTo = ordered(scalarOf(values[1]), type, (sign) => sign <= 0);
  return (observed) => combine('and', [isFrom(observed), isUpTo(observed)]);
}

function textual(expected: ScalarValue | undefined, holds: (text: string, part: string) => boolean): ScalarTest {
  const part = readText(expected);
  if (part === undefined) return alwaysUnknown;
  return (observed) => {
    const text = readText(observed);
    return text === undefined ? 'unknown' : truthOf(holds(text, part));
  };
}

function isInDomain(expected: ScalarValue | undefined): ScalarTest {
  const domain = domainOf(expected);
  if (domain === undefined) return alwaysUnknown;
  const suffix = `.${domain}`;
  return (observed) => {
    const host = readDomain(observed);
    return host === undefined ? 'unknown' : truthOf(host === domain || host.endsWith(suffix));
  };
}

/** The sign of observed − expected; or why there is none. */
type Comparison = number | 'unreadable' | 'other-kind';

type Reader = (value: unknown) => string | number | boolean | undefined;

const readers: Readonly<Record<ScalarType, Reader>> = {
  text: readText,
  number: readNumber,
  boolean: readBoolean,
  instant: readInstant,
};

function comparisonWith(expected: ScalarValue, type: ScalarType | undefined): (observed: unknown) => Comparison {
  return type === undefined ? comparisonByKind(expected) : comparing(readers[type], expected);
}

function comparing(read: Reader, expected: ScalarValue): (observed: unknown) => Comparison {
  const right = read(expected);
  return (observed) => {
    const left = read(observed);
    if (left === undefined || right === undefined) return 'unreadable';
    if (left === right) return 0;
    return left < right ? -1 : 1;
  };
}

/**
 * Compares without a declared type.
 *
 * A number, boolean or Date on one side asks the other side to be readable as one. Two texts are numbers if both
 * surely are, instants if both are, plain text if neither looks like either; otherwise they are of different kinds:
 * unequal, and in no order ("10 to 50" is neither below nor above "250").
 */
function comparisonByKind(expected: ScalarValue): (observed: unknown) => Comparison {
  const asBoolean = comparing(readBoolean, expected);
  const asNumber = comparing(readNumber, expected);
  const asInstant = comparing(readInstant, expected);
  const asText = comparing(readText, expected);
  const expectedKind = kindOf(expected);

  return (observed) => {
    const observedKind = kindOf(observed);
    if (observedKind === 'none') return 'unreadable';
    if (observedKind === 'boolean' || expectedKind === 'boolean') return otherKindIfUnreadable(asBoolean(observed));
    if (typeof observed === 'number' || typeof expected === 'number') return otherKindIfUnreadable(asNumber(observed));
    if (observedKind !== expectedKind) return 'other-kind';
    if (observedKind === 'number') return asNumber(observed);
    return observedKind === 'instant' ? asInstant(observed) : asText(observed);
  };
}

function otherKindIfUnreadable(comparison: Comparison): Comparison {
  return comparison === 'unreadable' ? 'other-kind' : comparison;
}

type Kind = 'boolean' | 'number' | 'instant' | 'text' | 'none';

function kindOf(value: unknown): Kind {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return 'number';
  if (value instanceof Date) return 'instant';
  if (typeof value !== 'string') return 'none';
  if (isSurelyNumeric(value)) return 'number';
  return readInstant(value) === undefined ? 'text' : 'instant';
}

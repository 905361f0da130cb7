import { z } from 'zod';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;

/** A hundred years: longer ones are typing errors, and keep every sum of an instant and a duration inside `Date`. */
const MAX_DURATION_MS = 36_525 * DAY_MS;

/** Weeks stand alone, as ISO 8601 has it; no years or months, whose length varies; a fraction on seconds only. */
const DURATION_PATTERN =
  /^P(?:(?<weeks>\d{1,5})W|(?=\d|T\d)(?:(?<days>\d{1,6})D)?(?:T(?=\d)(?:(?<hours>\d{1,7})H)?(?:(?<minutes>\d{1,9})M)?(?:(?<seconds>\d{1,10})(?:\.(?<fraction>\d{1,3}))?S)?)?)$/;

/** The text is not a duration as Relance writes them, or longer than a hundred years. */
export class InvalidDuration extends Error {
  override readonly name = 'InvalidDuration';
  readonly code = 'working-time.invalid-duration';
  readonly kind = 'invalid';

  constructor() {
    super('Not an ISO 8601 duration in weeks, days, hours, minutes and seconds, such as PT30M or P1D');
  }
}

/**
 * Reads an ISO 8601 duration (`PT30M`, `P1D`, `P2W`, `PT1.5S`) as milliseconds. A day is 24 hours.
 *
 * @throws {InvalidDuration} for anything else, signs, years and months included.
 */
export function parseDuration(text: string): number {
  const milliseconds = millisecondsOf(text);
  if (milliseconds === null) throw new InvalidDuration();
  return milliseconds;
}

/**
 * Writes milliseconds as the shortest ISO 8601 duration: `PT30M`, `P1D`, `PT1.5S`, `PT0S`.
 *
 * @throws {RangeError} for a negative or fractional number, or more than a hundred years.
 */
export function formatDuration(milliseconds: number): string {
  if (!Number.isInteger(milliseconds) || milliseconds < 0 || milliseconds > MAX_DURATION_MS) {
    throw new RangeError(`Not a duration in whole milliseconds: ${milliseconds}`);
  }
  if (milliseconds === 0) return 'PT0S';

  const days = Math.floor(milliseconds / DAY_MS);
  const hours = Math.floor((milliseconds % DAY_MS) / HOUR_MS);
  const minutes = Math.floor((milliseconds % HOUR_MS) / MINUTE_MS);
  const seconds = (milliseconds % MINUTE_MS) / SECOND_MS;
  const time = [part(hours, 'H'), part(minutes, 'M'), part(seconds, 'S')].join('');
  return `P${part(days, 'D')}${time === '' ? '' : `T${time}`}`;
}

/** An ISO 8601 duration, kept as the text it came as; `parseDuration` gives its milliseconds. */
export const durationSchema = z
  .string()
  .regex(DURATION_PATTERN, { error: 'must be an ISO 8601 duration such as PT30M or P1D', abort: true })
  .refine((text) => millisecondsOf(text) !== null, { error: 'must be at most a hundred years' });

function millisecondsOf(text: string): number | null {
  const parts = DURATION_PATTERN.exec(text)?.groups;
  if (parts === undefined) return null;

  const milliseconds =
    Number(parts['weeks'] ?? 0) * WEEK_MS +
    Number(parts['days'] ?? 0) * DAY_MS +
    Number(parts['hours'] ?? 0) * HOUR_MS +
    Number(parts['minutes'] ?? 0) * MINUTE_MS +
    Number(parts['seconds'] ?? 0) * SECOND_MS +
    Number((parts['fraction'] ?? '').padEnd(3, '0'));
  return milliseconds <= MAX_DURATION_MS ? milliseconds : null;
}

function part(amount: number, unit: string): string {
  return amount === 0 ? '' : `${amount}${unit}`;
}

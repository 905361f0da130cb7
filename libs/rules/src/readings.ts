/** Readings of a loose value as one kind. Each answers `undefined` when the value cannot be read that way. */

/** Text for comparing: NFC and lower case, independent of any locale. */
export function foldText(text: string): string {
  return isAscii(text) ? text.toLowerCase() : text.normalize('NFC').toLowerCase().normalize('NFC');
}

export function readText(value: unknown): string | undefined {
  if (typeof value === 'string') return foldText(value);
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}

const numericText = /^[+-]?\d+(?:\.\d+)?$/;

export function readNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const trimmed = value.trim();
  if (!numericText.test(trimmed)) return undefined;
  const read = Number(trimmed);
  return Number.isFinite(read) ? read : undefined;
}

const surelyNumericText = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/**
 * Whether text is a number even if nobody says so.
 *
 * "01000" is a postal code, "+33612345678" a phone, and more than 15 digits an identifier a double would round.
 */
export function isSurelyNumeric(text: string): boolean {
  return text.length <= 15 && surelyNumericText.test(text);
}

export function readBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  const text = value.trim().toLowerCase();
  if (text === 'true') return true;
  return text === 'false' ? false : undefined;
}

const isoInstant = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:Z|([+-])(\d\d):(\d\d)))?$/;

/**
 * Milliseconds since 1970 of an RFC 3339 instant, or of a date, which stands for its midnight in UTC.
 *
 * A time without a zone is nobody's instant and is not read: it would mean another one on every server.
 */
export function readInstant(value: unknown): number | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.getTime();
  if (typeof value !== 'string') return undefined;
  const match = isoInstant.exec(value.trim());
  if (match === null) return undefined;
  const part = (index: number): number => Number(match[index] ?? 0);
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  const [zoneHour, zoneMinute] = [part(9), part(10)];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59 || zoneHour > 23 || zoneMinute > 59) return undefined;
  const zoneMinutes = (match[8] === '-' ? -1 : 1) * (zoneHour * 60 + zoneMinute);
  const milliseconds = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  return utc(year, month, day) + ((hour * 60 + minute - zoneMinutes) * 60 + second) * 1_000 + milliseconds;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Date.UTC takes the years 0 to 99 for 1900 to 1999; a Gregorian cycle of 400 years has 146 097 days. */
function utc(year: number, month: number, day: number): number {
  return Date.UTC(year + 400, month - 1, day) - 146_097 * 86_400_000;
}

const asciiHost = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)+$/;

/** The domain in a domain, a URL or an e-mail address, in lower case and in its ASCII form. */
export function readDomain(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const authority = value
    .trim()
    .replace(/^(?:mailto:|[a-z][a-z0-9+.-]*:\/\/|\/\/)/i, '')
    .replace(/[/?#\\].*$/s, '');
  const host = authority
    .slice(authority.lastIndexOf('@') + 1)
    .replace(/:\d*$/, '')
    .replace(/\.$/, '')
    .toLowerCase();
  const ascii = isAscii(host) ? host : URL.parse(`http://${host}`)?.hostname;
  return ascii !== undefined && ascii.length <= 253 && asciiHost.test(ascii) ? ascii : undefined;
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 127) return false;
  return true;
}

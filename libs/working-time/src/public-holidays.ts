import Holidays from 'date-holidays';

const DAY_MS = 86_400_000;
const MAX_REMEMBERED_YEARS = 512;

/** One country and year takes some 30 ms to compute, and a whole organisation asks for the same few. */
const remembered = new Map<string, readonly string[]>();
const atlas = new Holidays();

/** What keeps us from knowing the holidays of this place; `null` when nothing does. */
export function findHolidayPlace(country: string, region: string | null): 'unknown-country' | 'unknown-region' | null {
  if (!/^[A-Z]{2}$/.test(country) || !Object.hasOwn(atlas.getCountries(), country)) return 'unknown-country';
  if (region === null) return null;

  const [state = '', part, ...rest] = region.split('-');
  const states: Record<string, string> | undefined = atlas.getStates(country);
  if (states === undefined || !Object.hasOwn(states, state) || rest.length > 0) return 'unknown-region';
  if (part === undefined) return null;

  const parts: Record<string, string> | undefined = atlas.getRegions(country, state);
  return parts !== undefined && Object.hasOwn(parts, part) ? null : 'unknown-region';
}

/**
 * The dates of a year that are public holidays there, from date-holidays, in order.
 *
 * Only whole days count: an afternoon off (China's 8 March, Iceland's 24 December) leaves the day open, and a team that
 * keeps it makes it a special day. A feast that lasts several days closes each, also across New Year.
 */
export function publicHolidaysOf(country: string, region: string | null, year: number): string[] {
  const dates = [...holidaysBegunIn(country, region, year - 1), ...holidaysBegunIn(country, region, year)];
  const prefix = `${String(year).padStart(4, '0')}-`;
  return [...new Set(dates.filter((date) => date.startsWith(prefix)))].sort();
}

function holidaysBegunIn(country: string, region: string | null, year: number): readonly string[] {
  const key = `${country}-${region ?? ''} ${year}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;

  const [state = '', part = ''] = region?.split('-') ?? [];
  const dates = new Holidays(country, state, part)
    .getHolidays(year)
    .filter((holiday) => holiday.type === 'public')
    .flatMap((holiday) => wholeDays(holiday.date.slice(0, 10), holiday.end.getTime() - holiday.start.getTime()));
  if (remembered.size >= MAX_REMEMBERED_YEARS) remembered.clear();
  remembered.set(key, dates);
  return dates;
}

/** A day on which the clocks change has 23 or 25 hours and is whole all the same; an afternoon is none. */
function wholeDays(firstDate: string, lengthMs: number): string[] {
  const count = Math.floor(lengthMs / DAY_MS + 0.1);
  const first = Date.parse(firstDate);
  return Array.from({ length: count }, (_, index) => new Date(first + index * DAY_MS).toISOString().slice(0, 10));
}

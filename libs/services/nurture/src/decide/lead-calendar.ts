import { nextOpening } from '@relance/working-time';
import type { FrozenCalendar } from '@relance/working-time';

const dayMs = 86_400_000;
const officeDay = [['09:00', '18:00']] as [string, string][];

/** Countries of several zones in one of which nearly everybody lives. */
const mainZones: Readonly<Record<string, string>> = {
  CL: 'America/Santiago',
  CN: 'Asia/Shanghai',
  CY: 'Asia/Nicosia',
  DE: 'Europe/Berlin',
  EC: 'America/Guayaquil',
  ES: 'Europe/Madrid',
  MY: 'Asia/Kuala_Lumpur',
  NZ: 'Pacific/Auckland',
  PT: 'Europe/Lisbon',
  UA: 'Europe/Kiev',
  UZ: 'Asia/Tashkent',
};

/** The zone a lead lives in: its country's, when it has one zone or a main one; otherwise the stated fallback. */
export function zoneOf(country: string | undefined, fallback: string): string {
  if (country === undefined || !/^[A-Za-z]{2}$/.test(country)) return fallback;
  const code = country.toUpperCase();
  const zones = timeZonesOf(code);
  return mainZones[code] ?? (zones.length === 1 ? zones[0] : undefined) ?? fallback;
}

/** When a letter may arrive: Monday to Friday, 09:00 to 18:00, on the lead's own clock. */
export function sendingHours(timeZone: string): FrozenCalendar {
  const weekly = { mon: officeDay, tue: officeDay, wed: officeDay, thu: officeDay, fri: officeDay };
  return { timeZone, weekly, specialDays: [], closedOn: [], frozenYears: [] };
}

/** The moment at which a date (YYYY-MM-DD) begins in a zone. */
export function startOfDate(date: string, timeZone: string): Date {
  const utc = new Date(`${date}T00:00:00Z`);
  const thatDay: FrozenCalendar = {
    timeZone,
    weekly: {},
    specialDays: [{ date, intervals: [['00:00', '24:00']] }],
    closedOn: [],
    frozenYears: [],
  };
  return nextOpening(thatDay, new Date(utc.getTime() - 2 * dayMs)) ?? utc;
}

function timeZonesOf(country: string): readonly string[] {
  const locale = new Intl.Locale(`und-${country}`) as Intl.Locale & { getTimeZones(): string[] | undefined };
  return locale.getTimeZones() ?? [];
}

import { expect, it } from '@jest/globals';
import { startOfDate, zoneOf } from './lead-calendar.js';

it.each([
  { country: 'FR', zone: 'Europe/Paris' },
  { country: 'fr', zone: 'Europe/Paris' },
  { country: 'GU', zone: 'Pacific/Guam' },
  { country: 'DE', zone: 'Europe/Berlin' },
  { country: 'ES', zone: 'Europe/Madrid' },
  { country: 'US', zone: 'Indian/Mahe' },
  { country: 'ZZ', zone: 'Indian/Mahe' },
  { country: 'France!', zone: 'Indian/Mahe' },
  { country: undefined, zone: 'Indian/Mahe' },
])('a lead in $country lives by $zone', ({ country, zone }) => {
  expect(zoneOf(country, 'Indian/Mahe')).toBe(zone);
});

it.each([
  { date: '2027-02-01', zone: 'Europe/Paris', at: '2027-01-31T23:00:00.000Z' },
  { date: '2027-02-01', zone: 'Pacific/Kiritimati', at: '2027-01-31T10:00:00.000Z' },
  { date: '2027-02-01', zone: 'Pacific/Pago_Pago', at: '2027-02-01T11:00:00.000Z' },
  { date: '2027-03-28', zone: 'Europe/Paris', at: '2027-03-27T23:00:00.000Z' },
])('$date begins at $at in $zone', ({ date, zone, at }) => {
  expect(startOfDate(date, zone).toISOString()).toBe(at);
});

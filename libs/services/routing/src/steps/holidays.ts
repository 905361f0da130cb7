import { Injectable } from '@nestjs/common';
import { Clock } from '@relance/clock';
import type { Tx } from '@relance/postgres';
import { freezeCalendar, freezeHolidays } from '@relance/working-time';
import type { Calendar, FrozenCalendar } from '@relance/working-time';
import { PeopleRepository } from '../store/people.repository.js';

/**
 * Public holidays, written down the first time a country's year is asked for and read from there ever after: a newer
 * library may know better and must not move a past that people were held to.
 */
@Injectable()
export class Holidays {
  constructor(
    private readonly people: PeopleRepository,
    private readonly clock: Clock,
  ) {}

  /** The calendar with the holidays of this year and the next, and of years it was frozen for before. */
  async freeze(tx: Tx, calendar: Calendar, before: FrozenCalendar | null): Promise<FrozenCalendar> {
    const thisYear = this.clock.now().getUTCFullYear();
    const years = [...new Set([...(before?.frozenYears ?? []), thisYear, thisYear + 1])].sort((a, b) => a - b);
    const bare = freezeCalendar({ ...calendar, holidays: null }, years);
    if (!calendar.holidays) return bare;

    const place = { country: calendar.holidays.country, region: calendar.holidays.region ?? '' };
    const known = await this.people.frozenHolidays(tx, place.country, place.region);
    const closedOn: string[] = [];
    for (const year of years) {
      const dates = known.get(year) ?? freezeHolidays(calendar, [year]);
      if (!known.has(year)) await this.people.freezeHolidays(tx, place, year, dates);
      closedOn.push(...dates);
    }
    return { ...bare, closedOn };
  }
}

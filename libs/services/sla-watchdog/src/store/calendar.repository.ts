import { createHash } from 'node:crypto';
import type { Tx } from '@relance/postgres';
import type { FrozenCalendar } from '@relance/working-time';

/** A calendar and the id it is kept under: the hash of its text. */
export interface KeptCalendar {
  readonly id: string;
  readonly calendar: FrozenCalendar;
}

const kept = 2_000;

/** Calendars with their holidays fixed. What an id stands for never changes; one object stands for it in this process. */
export class CalendarRepository {
  private readonly known = new Map<string, KeptCalendar>();

  /** Keeps calendars; answers in their order. */
  async keep(tx: Tx, calendars: readonly FrozenCalendar[]): Promise<KeptCalendar[]> {
    const asked = calendars.map((calendar) => {
      const text = JSON.stringify(calendar);
      const id = createHash('sha256').update(text).digest('base64url');
      return { id, text, calendar };
    });
    const fresh = new Map(asked.filter(({ id }) => !this.known.has(id)).map((one) => [one.id, one]));
    if (fresh.size > 0) {
      const rows = [...fresh.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
      await tx.execute(
        `insert into sla.calendar (id, calendar)
         select id, calendar::json from unnest($1::text[], $2::text[]) as asked(id, calendar)
         on conflict do nothing`,
        [rows.map(({ id }) => id), rows.map(({ text }) => text)],
      );
      tx.afterCommit(() => rows.forEach((row) => this.remember(row)));
    }
    return asked.map(({ id, calendar }) => this.known.get(id) ?? { id, calendar: fresh.get(id)?.calendar ?? calendar });
  }

  /** Calendars by id. */
  async find(tx: Tx, ids: readonly (string | null)[]): Promise<ReadonlyMap<string, FrozenCalendar>> {
    const asked = [...new Set(ids.filter((id) => id !== null))];
    const missing = asked.filter((id) => !this.known.has(id));
    const found = new Map<string, FrozenCalendar>();
    if (missing.length > 0) {
      const rows = await tx.query<KeptCalendar>('select id, calendar from sla.calendar where id = any($1::text[])', [
        missing,
      ]);
      for (const row of rows) found.set(row.id, row.calendar);
    }
    for (const id of asked) {
      const known = this.known.get(id);
      if (known) found.set(id, known.calendar);
    }
    return found;
  }

  private remember({ id, calendar }: KeptCalendar): void {
    const [oldest] = this.known.keys();
    if (this.known.size >= kept && oldest !== undefined) this.known.delete(oldest);
    this.known.set(id, { id, calendar });
  }
}

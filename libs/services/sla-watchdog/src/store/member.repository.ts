import type { MemberChanged } from '@relance/events';
import type { MemberKey } from '@relance/lead';
import type { Db, Tx } from '@relance/postgres';
import type { FrozenCalendar } from '@relance/working-time';

/** A calendar as it was heard, and whose it is. */
export interface CalendarView {
  readonly member: MemberKey;
  readonly team: string;
  readonly calendar: FrozenCalendar;
}

/** People as routing describes them: whom alerts go to, and whose working time counts. */
export class MemberRepository {
  constructor(private readonly db: Db) {}

  /** Keeps snapshots that are newer than what is known. @returns the members whose snapshot is new. */
  async keep(
    tx: Tx,
    members: readonly { member: MemberChanged; calendarId: string }[],
  ): Promise<{ member: MemberKey; calendarId: string }[]> {
    return tx.query<{ member: MemberKey; calendarId: string }>(
      `insert into sla.member as known (member, revision, name, email, team, role, managers, active, calendar_id)
       select member, revision, name, email, team, role, string_to_array(managers, ','), active, calendar_id
       from unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::boolean[],
         $9::text[]) as asked(member, revision, name, email, team, role, managers, active, calendar_id)
       on conflict (member) do update set
         revision = excluded.revision, name = excluded.name, email = excluded.email, team = excluded.team,
         role = excluded.role, managers = excluded.managers, active = excluded.active,
         calendar_id = excluded.calendar_id
       where known.revision < excluded.revision
       returning member, calendar_id as "calendarId"`,
      [
        members.map(({ member }) => member.member),
        members.map(({ member }) => member.revision),
        members.map(({ member }) => member.name),
        members.map(({ member }) => member.email),
        members.map(({ member }) => member.team),
        members.map(({ member }) => member.role),
        members.map(({ member }) => member.managers.join(',')),
        members.map(({ member }) => member.active),
        members.map(({ calendarId }) => calendarId),
      ],
    );
  }

  async calendars(): Promise<CalendarView[]> {
    return this.db.query<CalendarView>(
      `select member.member, member.team, calendar.calendar from sla.member
       join sla.calendar on calendar.id = member.calendar_id where member.active order by member.member`,
    );
  }
}

import { Injectable } from '@nestjs/common';
import type { MemberKey, MemberRole, TeamKey } from '@relance/lead';
import { Db } from '@relance/postgres';
import type { Tx } from '@relance/postgres';
import type { Calendar, FrozenCalendar } from '@relance/working-time';
import type { RateCap } from '../decide/organisation.js';

/** A team as it is edited. */
export interface TeamRecord {
  readonly key: TeamKey;
  readonly name: string;
  readonly calendar: Calendar;
  readonly frozen: FrozenCalendar;
  readonly version: number;
}

/** A member as they are edited. */
export interface MemberRecord {
  readonly key: MemberKey;
  readonly name: string;
  readonly email: string;
  readonly team: TeamKey;
  readonly role: MemberRole;
  readonly weight: number;
  readonly openWorkCap: number | null;
  readonly rateCaps: readonly RateCap[];
  readonly languages: readonly string[];
  readonly namedAccounts: readonly string[];
  readonly available: boolean;
  readonly active: boolean;
  /** Null: the team's. */
  readonly calendar: Calendar | null;
  readonly frozen: FrozenCalendar | null;
  readonly returnedAt: Date | null;
  readonly revision: number;
}

const memberColumns = `key, name, email, team, role, weight, open_work_cap as "openWorkCap", rate_caps as "rateCaps", languages,
  named_accounts as "namedAccounts", available, active, calendar, frozen, returned_at as "returnedAt", revision`;

const upsertMember = `
  insert into routing.member as member (key, name, email, team, role, weight, open_work_cap, rate_caps, languages,
    named_accounts, available, active, calendar, frozen, returned_at, revision)
  values ($1, $2, $3, $4, $5, $6, $7, $8::json, $9, $10, $11, $12, $13::json, $14::json, $15, $16)
  on conflict (key) do update set name = excluded.name, email = excluded.email, team = excluded.team, role = excluded.role,
    weight = excluded.weight, open_work_cap = excluded.open_work_cap, rate_caps = excluded.rate_caps,
    languages = excluded.languages, named_accounts = excluded.named_accounts, available = excluded.available,
    active = excluded.active, calendar = excluded.calendar, frozen = excluded.frozen, returned_at = excluded.returned_at,
    revision = excluded.revision`;

/** Teams and members as people edit them. */
@Injectable()
export class PeopleRepository {
  constructor(private readonly db: Db) {}

  /** Everybody else who changes people waits: keys of teams and members are checked against what is there. */
  async lock(tx: Tx): Promise<void> {
    await tx.query('select stamp from routing.configuration for update');
  }

  async team(tx: Tx, key: string): Promise<TeamRecord | null> {
    const [row] = await tx.query<TeamRecord>(
      'select key, name, calendar, frozen, version from routing.team where key = $1',
      [key],
    );
    return row ?? null;
  }

  async teams(tx: Tx): Promise<TeamRecord[]> {
    return tx.query<TeamRecord>('select key, name, calendar, frozen, version from routing.team order by key');
  }

  async saveTeam(tx: Tx, team: TeamRecord): Promise<void> {
    await tx.execute(
      `insert into routing.team (key, name, calendar, frozen, version) values ($1, $2, $3::json, $4::json, $5)
       on conflict (key) do update set name = excluded.name, calendar = excluded.calendar, frozen = excluded.frozen,
         version = excluded.version`,
      [team.key, team.name, JSON.stringify(team.calendar), JSON.stringify(team.frozen), team.version],
    );
  }

  /** The member under the lock that claims take. */
  async lockMember(tx: Tx, key: string): Promise<MemberRecord | null> {
    await tx.query('select member from routing.member_load where member = $1 for update', [key]);
    const [row] = await tx.query<MemberRecord>(`select ${memberColumns} from routing.member where key = $1`, [key]);
    return row ?? null;
  }

  async members(tx: Tx): Promise<MemberRecord[]> {
    return tx.query<MemberRecord>(`select ${memberColumns} from routing.member order by key`);
  }

  async saveMember(tx: Tx, member: MemberRecord): Promise<void> {
    await tx.execute(upsertMember, [
      member.key,
      member.name,
      member.email,
      member.team,
      member.role,
      member.weight,
      member.openWorkCap,
      JSON.stringify(member.rateCaps),
      member.languages,
      member.namedAccounts,
      member.available,
      member.active,
      member.calendar === null ? null : JSON.stringify(member.calendar),
      member.frozen === null ? null : JSON.stringify(member.frozen),
      member.returnedAt,
      member.revision,
    ]);
    await tx.execute('insert into routing.member_load (member) values ($1) on conflict (member) do nothing', [
      member.key,
    ]);
  }

  /** Counts a change that others hear of, for members who were not edited themselves. */
  async nextRevision(tx: Tx, keys: readonly MemberKey[]): Promise<void> {
    await tx.execute('update routing.member set revision = revision + 1 where key = any($1::text[])', [keys]);
  }

  async isEmpty(tx: Tx): Promise<boolean> {
    const rows = await tx.query('select key from routing.team union all select key from routing.member limit 1');
    return rows.length === 0;
  }

  async frozenHolidays(tx: Tx, country: string, region: string): Promise<Map<number, string[]>> {
    const rows = await tx.query<{ year: number; dates: string[] }>(
      'select year, dates from routing.frozen_holiday where country = $1 and region = $2',
      [country, region],
    );
    return new Map(rows.map((row) => [row.year, row.dates]));
  }

  async freezeHolidays(
    tx: Tx,
    place: { country: string; region: string },
    year: number,
    dates: string[],
  ): Promise<void> {
    await tx.execute(
      `insert into routing.frozen_holiday (country, region, year, dates) values ($1, $2, $3, $4)
       on conflict (country, region, year) do nothing`,
      [place.country, place.region, year, dates],
    );
  }

  async teamPage(after: string, limit: number): Promise<TeamRecord[]> {
    return this.db.query<TeamRecord>(
      'select key, name, calendar, frozen, version from routing.team where key > $1 order by key limit $2',
      [after, limit],
    );
  }

  async memberPage(after: string, limit: number): Promise<(MemberRecord & { openWork: number })[]> {
    return this.db.query(
      `select ${memberColumns}, load.open_work as "openWork" from routing.member
       left join routing.member_load load on load.member = member.key where key > $1 order by key limit $2`,
      [after, limit],
    );
  }

  async findTeam(key: string): Promise<TeamRecord | null> {
    const [row] = await this.db.query<TeamRecord>(
      'select key, name, calendar, frozen, version from routing.team where key = $1',
      [key],
    );
    return row ?? null;
  }

  async findMember(key: string): Promise<(MemberRecord & { openWork: number }) | null> {
    const [row] = await this.db.query<MemberRecord & { openWork: number }>(
      `select ${memberColumns}, load.open_work as "openWork" from routing.member
       left join routing.member_load load on load.member = member.key where key = $1`,
      [key],
    );
    return row ?? null;
  }
}

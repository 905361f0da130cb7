import { Injectable } from '@nestjs/common';
import { Clock } from '@relance/clock';
import { InvalidInput } from '@relance/errors';
import { EventLog } from '@relance/event-log';
import { MemberChanged } from '@relance/events';
import { checkIfMatch } from '@relance/http';
import type { MemberKey, TeamKey } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import type { MemberInput, TeamInput } from '../http/inputs.js';
import { OrganisationRepository } from '../store/organisation.repository.js';
import { PeopleRepository } from '../store/people.repository.js';
import type { MemberRecord, TeamRecord } from '../store/people.repository.js';
import { Holidays } from './holidays.js';
import { newStory } from './story.js';

export interface Saved<Record> {
  readonly record: Record;
  readonly isNew: boolean;
}

/** Saves teams and members, and says what others have to know of them. Saving what stands there already changes nothing. */
@Injectable()
export class People {
  constructor(
    private readonly people: PeopleRepository,
    private readonly organisations: OrganisationRepository,
    private readonly holidays: Holidays,
    private readonly log: EventLog,
    private readonly clock: Clock,
  ) {}

  /** @throws {VersionMismatch} */
  async saveTeam(tx: Tx, key: TeamKey, input: TeamInput, ifMatch?: string): Promise<Saved<TeamRecord>> {
    await this.people.lock(tx);
    const before = await this.people.team(tx, key);
    checkIfMatch(ifMatch, before?.version ?? null);
    if (before && isSame({ name: before.name, calendar: before.calendar }, input))
      return { record: before, isNew: false };

    const frozen = await this.holidays.freeze(tx, input.calendar, before?.frozen ?? null);
    const team: TeamRecord = { key, ...input, frozen, version: (before?.version ?? 0) + 1 };
    await this.people.saveTeam(tx, team);
    await this.organisations.changed(tx);
    if (before && !isSame(before.frozen, frozen)) {
      const members = await this.people.members(tx);
      await this.sayChanged(
        tx,
        members.filter((member) => member.team === key && member.calendar === null).map((member) => member.key),
      );
    }
    return { record: team, isNew: before === null };
  }

  /** @throws {InvalidInput} for a team that is not there. @throws {VersionMismatch} */
  async saveMember(tx: Tx, key: MemberKey, input: MemberInput, ifMatch?: string): Promise<Saved<MemberRecord>> {
    await this.people.lock(tx);
    const team = await this.people.team(tx, input.team);
    if (!team)
      throw new InvalidInput([{ pointer: '/team', code: 'unknown-team', message: `There is no team ${input.team}` }]);
    const before = await this.people.lockMember(tx, key);
    checkIfMatch(ifMatch, before?.revision ?? null);

    const frozen = input.calendar && (await this.holidays.freeze(tx, input.calendar, before?.frozen ?? null));
    const after: MemberRecord = {
      key,
      ...input,
      team: team.key,
      frozen,
      returnedAt: before && isBack(before, input) ? this.clock.now() : (before?.returnedAt ?? null),
      revision: before?.revision ?? 0,
    };
    if (before && isSame(before, after)) return { record: before, isNew: false };

    await this.people.saveMember(tx, after);
    await this.organisations.changed(tx);
    const isAboutManagers = after.role === 'manager' || before?.role === 'manager';
    const concerned = isAboutManagers ? (await this.people.members(tx)).map((member) => member.key) : [key];
    await this.sayChanged(tx, concerned);
    return { record: { ...after, revision: after.revision + 1 }, isNew: before === null };
  }

  /** Writes out holidays of years that have come near, and says so. Once a year there is something to do. */
  async refreeze(tx: Tx): Promise<void> {
    await this.people.lock(tx);
    const teams = await this.people.teams(tx);
    const members = await this.people.members(tx);
    const moved = new Set<MemberKey>();
    for (const team of teams) {
      const frozen = await this.holidays.freeze(tx, team.calendar, team.frozen);
      if (isSame(frozen, team.frozen)) continue;
      await this.people.saveTeam(tx, { ...team, frozen });
      for (const member of members) if (member.team === team.key && member.calendar === null) moved.add(member.key);
    }
    for (const member of members) {
      if (member.calendar === null) continue;
      const frozen = await this.holidays.freeze(tx, member.calendar, member.frozen);
      if (member.frozen && isSame(frozen, member.frozen)) continue;
      await this.people.saveMember(tx, { ...member, frozen });
      moved.add(member.key);
    }
    if (moved.size === 0) return;
    await this.organisations.changed(tx);
    await this.sayChanged(tx, [...moved]);
  }

  private async sayChanged(tx: Tx, keys: readonly MemberKey[]): Promise<void> {
    if (keys.length === 0) return;
    await this.people.nextRevision(tx, keys);
    const members = await this.people.members(tx);
    const calendars = new Map((await this.people.teams(tx)).map((team) => [team.key, team.frozen]));
    const story = newStory(null, this.clock.now());
    const managers = members.filter((member) => member.active && member.role === 'manager');
    await this.log.append(
      tx,
      members.flatMap((member) => {
        const calendar = member.frozen ?? calendars.get(member.team);
        if (!keys.includes(member.key) || !calendar) return [];
        const own = managers.filter((manager) => manager.team === member.team);
        return [
          story.tell(MemberChanged, {
            member: member.key,
            revision: member.revision,
            name: member.name,
            email: member.email,
            team: member.team,
            role: member.role,
            managers: (own.length > 0 ? own : managers).map((manager) => manager.key),
            active: member.active,
            available: member.available,
            calendar,
          }),
        ];
      }),
    );
  }
}

/** They can be given leads again, or their part of the pool is another one. */
function isBack(before: MemberRecord, after: MemberInput): boolean {
  const isThere = after.active && after.available;
  return (isThere && !(before.active && before.available)) || before.weight !== after.weight;
}

/** The same once written down: JSON leaves out what is undefined, and both are read from or written to JSON columns. */
function isSame(one: object, other: object): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}

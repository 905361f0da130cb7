import type { MemberKey, MemberRole, TeamKey } from '@relance/lead';
import type { Audience } from './policy.js';

/** A person as far as alerts care. */
export interface Colleague {
  readonly member: MemberKey;
  readonly team: TeamKey;
  readonly role: MemberRole;
}

/** Whom a promise names. */
export interface Concerned {
  readonly member: MemberKey | null;
  readonly team: TeamKey | null;
  readonly managers: readonly MemberKey[];
}

/**
 * Who is told of a breach.
 *
 * An alert always reaches somebody who can act: without a manager it goes to the managers of the team, then to the
 * operators; without an operator, to all managers.
 *
 * @param colleagues everybody who is active.
 */
export function findRecipients(
  concerned: Concerned,
  audiences: readonly Audience[],
  colleagues: readonly Colleague[],
): MemberKey[] {
  const withRole = (role: MemberRole): Colleague[] => colleagues.filter((colleague) => colleague.role === role);
  const keys = (of: readonly Colleague[]): MemberKey[] => of.map(({ member }) => member);

  const operators = keys(withRole('operator'));
  const managers = keys(withRole('manager'));
  const named = concerned.managers.filter((manager) => colleagues.some(({ member }) => member === manager));
  const ofTeam = keys(withRole('manager').filter(({ team }) => team === concerned.team));

  const byAudience: Readonly<Record<Audience, readonly MemberKey[]>> = {
    owner: concerned.member === null ? [] : [concerned.member],
    manager: firstNotEmpty(named, ofTeam, operators, managers),
    operators: firstNotEmpty(operators, managers),
  };
  return [...new Set(audiences.flatMap((audience) => byAudience[audience]))];
}

function firstNotEmpty(...lists: readonly (readonly MemberKey[])[]): readonly MemberKey[] {
  return lists.find((list) => list.length > 0) ?? [];
}

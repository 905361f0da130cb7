import type { LeadFacts, LeadId, MemberKey, PoolKey, RuleKey, TeamKey, TrackKey } from '@relance/lead';
import type { Truth } from '@relance/rules';
import type { Floor } from './floor.js';
import type { ScoreSummary } from './lead-state.js';
import type { Member } from './organisation.js';
import { pickMember } from './pick-member.js';
import type { Picked } from './pick-member.js';
import { fallbackOf } from './rule-book.js';
import type { CompiledRule, Pool } from './rule-book.js';

/** A lead that needs an owner. */
export interface Routed {
  readonly leadId: LeadId;
  readonly facts: LeadFacts;
  readonly score: ScoreSummary | null;
  /** Who had it last, for pools that stick to them. */
  readonly lastOwner: MemberKey | null;
  /** Who lost it in the present round: they are not asked again. */
  readonly lost: ReadonlySet<MemberKey>;
  /** The pool it was in, when its owner lost it; null lets the rules decide. */
  readonly from: { readonly pool: PoolKey; readonly rule: RuleKey | null } | null;
  /** Who has it now. With nobody else to give it to, it stays with them; null when there is nobody or they must lose it. */
  readonly staysWith: MemberKey | null;
  /** The team whose managers take it when nobody else may. */
  readonly team: TeamKey | null;
  /** Enough people lost it in this round: only a manager may take it. */
  readonly onlyManager: boolean;
  /** It has an owner who fell silent: waiting for nobody in particular is no better. */
  readonly neverHold: boolean;
  /** A rule may send it to marketing or refuse it: only before it has been handed to sales. */
  readonly mayLeaveSales: boolean;
}

export interface Candidate {
  readonly member: MemberKey;
  readonly eligible: boolean;
  readonly why: string;
  /** Named where more than one pool was asked. */
  readonly pool?: PoolKey;
}

/** How it was decided: what the decision record keeps. */
export interface Reasoning {
  readonly rule: RuleKey | null;
  readonly pool: PoolKey | null;
  readonly strategy: string | null;
  readonly candidates: readonly Candidate[];
  readonly tieBreak: string | null;
  /** Rules that were asked, in order, with their answers. */
  readonly path: readonly { readonly rule: RuleKey; readonly answer: Truth }[];
  readonly version: number;
  /** A sentence, without contact details. */
  readonly why: string;
}

export type OwnerDecision = Reasoning &
  (
    | { readonly kind: 'assigned'; readonly member: Member; readonly isManager: boolean }
    | { readonly kind: 'held'; readonly teams: readonly TeamKey[] }
    | { readonly kind: 'stays'; readonly member: MemberKey }
    | { readonly kind: 'nurtured'; readonly track: TrackKey }
    | { readonly kind: 'rejected'; readonly reason: string }
  );

type Path = Reasoning['path'];

/**
 * Chooses who takes a lead: the first rule that matches, then the pool's strategy among those who may take it now.
 *
 * When nobody may, the pool says what happens: wait, take anyone, ask another pool, or a manager. When everybody who
 * could take it has lost it in this round already, waiting would never end: a manager takes it, and without one it stays
 * where it is.
 *
 * Notes the choice on the floor, so that the next lead of the batch is decided after it.
 */
export function chooseOwner(lead: Routed, floor: Floor): OwnerDecision {
  if (lead.onlyManager) return toManager(lead, floor, lead.from, teamsOf(lead, []), [], [], 'enough people had it');
  const pool = lead.from === null ? undefined : floor.organisation.book.pools.get(lead.from.pool);
  if (lead.from && pool) return askPools(lead, floor, pool, lead.from.rule, []);
  return askRules(lead, floor);
}

function askRules(lead: Routed, floor: Floor): OwnerDecision {
  const facts = { ...lead.facts, score: lead.score, source: { key: lead.facts.attribution.sourceKey } };
  const path: { rule: RuleKey; answer: Truth }[] = [];
  for (const rule of floor.organisation.book.rules) {
    const answer = rule.matches(facts);
    path.push({ rule: rule.key, answer });
    if (answer !== 'true') continue;
    const decision = follow(rule, lead, floor, path);
    if (decision) return decision;
  }
  const why = 'a rule that matches it';
  if (lead.neverHold) return toManager(lead, floor, null, teamsOf(lead, []), [], path, 'no rule matches');
  return { ...reasoning(floor, { rule: null, pool: null }, path, why), kind: 'held', teams: [] };
}

/** @returns null when the rule turns out not to say anything about this lead. */
function follow({ key, then }: CompiledRule, lead: Routed, floor: Floor, path: Path): OwnerDecision | null {
  const { organisation } = floor;
  if (then.track !== undefined)
    return lead.mayLeaveSales
      ? {
          ...reasoning(floor, { rule: key, pool: null }, path, `${key}: to ${then.track}`),
          kind: 'nurtured',
          track: then.track,
        }
      : null;
  if (then.reject !== undefined)
    return lead.mayLeaveSales
      ? {
          ...reasoning(floor, { rule: key, pool: null }, path, `${key}: ${then.reject}`),
          kind: 'rejected',
          reason: then.reject,
        }
      : null;
  if (then.pool !== undefined) {
    const pool = organisation.book.pools.get(then.pool);
    return pool ? askPools(lead, floor, pool, key, path) : null;
  }
  const member = then.member === undefined ? accountOwner(lead, floor) : organisation.members.get(then.member);
  return member ? askPerson(lead, floor, member, key, path) : null;
}

function accountOwner(lead: Routed, floor: Floor): Member | undefined {
  const domain = lead.facts.company.domain?.toLowerCase();
  if (domain === undefined) return undefined;
  return [...floor.organisation.members.values()].find(
    (member) => member.active && member.namedAccounts.includes(domain),
  );
}

function askPerson(lead: Routed, floor: Floor, member: Member, rule: RuleKey, path: Path): OwnerDecision {
  const at = { rule, pool: null };
  const obstacle = floor.obstacleOf(member);
  const hadIt = lead.lost.has(member.key);
  if (!obstacle && !hadIt)
    return assigned(floor, at, { member, isManager: false }, path, {
      strategy: 'member',
      tieBreak: null,
      candidates: [{ member: member.key, eligible: true, why: 'named by the rule' }],
      why: `${rule}: named by the rule`,
    });
  const candidates = [{ member: member.key, eligible: false, why: hadIt ? 'already had this lead' : (obstacle ?? '') }];
  if (hadIt || !member.active || lead.neverHold)
    return toManager(lead, floor, at, teamsOf(lead, [member]), candidates, path, `${member.key} cannot take it`);
  return {
    ...reasoning(floor, at, path, `${member.key}: ${obstacle ?? ''}`),
    candidates,
    kind: 'held',
    teams: [member.team],
  };
}

/** Asks a pool, and those it passes leads on to. */
function askPools(lead: Routed, floor: Floor, first: Pool, rule: RuleKey | null, path: Path): OwnerDecision {
  const asked: { pool: Pool; members: readonly Member[]; candidates: readonly Candidate[] }[] = [];
  for (let pool: Pool | undefined = first; pool;) {
    const here = examine(lead, floor, pool);
    const told = [...asked.flatMap((other) => other.candidates), ...here.candidates];
    const candidates = asked.length === 0 ? told.map(({ pool: _pool, ...candidate }) => candidate) : told;
    if (here.eligible.length > 0) return pickIn(lead, floor, pool, here.eligible, candidates, rule, path);

    const at = { rule, pool: pool.key };
    const members = [...asked.flatMap((other) => other.members), ...here.members];
    const teams = teamsOf(lead, members);
    if (here.isHadByAll)
      return toManager(lead, floor, at, teams, candidates, path, 'everyone who could take it had it');
    if (pool.whenNobody === 'route-anyway' && here.reachable.length > 0)
      return pickIn(lead, floor, pool, here.reachable, candidates, rule, path);

    const next: PoolKey | undefined = fallbackOf(pool);
    if (next === undefined || asked.some((other) => other.pool.key === next)) {
      if (pool.whenNobody === 'hold' && !lead.neverHold)
        return {
          ...reasoning(floor, at, path, `someone of ${pool.key}`),
          strategy: pool.strategy,
          candidates,
          kind: 'held',
          teams: [...new Set(members.map((member) => member.team))],
        };
      return toManager(lead, floor, at, teams, candidates, path, `nobody of ${pool.key} may take it`);
    }
    asked.push({ pool, members: here.members, candidates: here.candidates });
    pool = floor.organisation.book.pools.get(next);
  }
  throw new Error('A pool passes leads on to one that is not there');
}

interface Examined {
  readonly members: readonly Member[];
  readonly eligible: readonly Member[];
  /** Not there or at their caps, and could still be given it. */
  readonly reachable: readonly Member[];
  /** Somebody could take it, and all of those lost it in this round. */
  readonly isHadByAll: boolean;
  readonly candidates: readonly Candidate[];
}

function examine(lead: Routed, floor: Floor, pool: Pool): Examined {
  const members = floor.organisation.membersOf(pool);
  const language = pool.matchLanguage ? lead.facts.person.language : undefined;
  const eligible: Member[] = [];
  const reachable: Member[] = [];
  const candidates: Candidate[] = [];
  let isHad = false;
  for (const member of members) {
    const obstacle = floor.obstacleOf(member) ?? languageObstacle(member, language);
    const hadIt = lead.lost.has(member.key);
    if (!obstacle && hadIt) isHad = true;
    if (!obstacle && !hadIt) eligible.push(member);
    if (member.active && !hadIt) reachable.push(member);
    const why = hadIt ? 'already had this lead' : (obstacle ?? 'eligible');
    candidates.push({ member: member.key, eligible: !obstacle && !hadIt, why, pool: pool.key });
  }
  return { members, eligible, reachable, isHadByAll: eligible.length === 0 && isHad, candidates };
}

function languageObstacle(member: Member, language: string | undefined): string | null {
  if (language === undefined) return null;
  const wanted = primaryOf(language);
  return member.languages.some((spoken) => primaryOf(spoken) === wanted) ? null : `does not speak ${language}`;
}

/** `fr` of `fr-CA`. */
function primaryOf(language: string): string | undefined {
  return language.toLowerCase().split('-')[0];
}

function pickIn(
  lead: Routed,
  floor: Floor,
  pool: Pool,
  eligible: readonly Member[],
  candidates: readonly Candidate[],
  rule: RuleKey | null,
  path: Path,
): OwnerDecision {
  floor.sharesOf(pool);
  const picked = pickMember(pool, eligible, lead, floor);
  const standings = new Map(eligible.map((member) => [member.key, standingOf(picked, member)]));
  const decision = assigned(floor, { rule, pool: pool.key }, { member: picked.member, isManager: false }, path, {
    strategy: pool.strategy,
    tieBreak: picked.by,
    candidates: candidates.map((candidate) => {
      const standing =
        candidate.pool === undefined || candidate.pool === pool.key ? standings.get(candidate.member) : undefined;
      if (standing === undefined) return candidate;
      return { ...candidate, why: candidate.eligible ? standing : `${candidate.why}; asked anyway, ${standing}` };
    }),
    why: `${rule === null ? '' : `${rule}: `}${pool.strategy} of ${pool.key}, ${picked.standing(picked.member)}`,
  });
  return decision;
}

function standingOf(picked: Picked, member: Member): string {
  const standing = picked.standing(member);
  return member.key === picked.member.key ? `chosen by ${picked.by}: ${standing}` : standing;
}

function toManager(
  lead: Routed,
  floor: Floor,
  at: { readonly rule: RuleKey | null; readonly pool: PoolKey | null } | null,
  teams: readonly TeamKey[],
  candidates: readonly Candidate[],
  path: Path,
  because: string,
): OwnerDecision {
  const where = at ?? { rule: null, pool: null };
  const managers = floor.organisation.managersOf(teams);
  const told = [
    ...candidates,
    ...managers.map((manager) => ({
      member: manager.key,
      eligible: !lead.lost.has(manager.key),
      why: lead.lost.has(manager.key) ? 'already had this lead' : `manager: ${floor.absenceOf(manager) ?? 'present'}`,
    })),
  ];
  const free = managers.filter((manager) => !lead.lost.has(manager.key));
  const [manager] = free.sort(
    (one, other) =>
      Number(floor.absenceOf(one) !== null) - Number(floor.absenceOf(other) !== null) ||
      floor.loadOf(one.key).openWork - floor.loadOf(other.key).openWork,
  );
  if (manager)
    return assigned(floor, { rule: where.rule, pool: null }, { member: manager, isManager: true }, path, {
      strategy: 'manager',
      tieBreak: null,
      candidates: told,
      why: `a manager takes it: ${because}`,
    });
  if (lead.staysWith !== null)
    return {
      ...reasoning(floor, where, path, `it stays where it is: ${because}, and there is no manager`),
      candidates: told,
      kind: 'stays',
      member: lead.staysWith,
    };
  return { ...reasoning(floor, where, path, `a manager: ${because}`), candidates: told, kind: 'held', teams };
}

function assigned(
  floor: Floor,
  at: { readonly rule: RuleKey | null; readonly pool: PoolKey | null },
  chosen: { readonly member: Member; readonly isManager: boolean },
  path: Path,
  how: Pick<Reasoning, 'strategy' | 'tieBreak' | 'candidates' | 'why'>,
): OwnerDecision {
  floor.give(chosen.member.key, at.pool);
  return { ...at, ...how, path, version: floor.organisation.book.version, kind: 'assigned', ...chosen };
}

function reasoning(
  floor: Floor,
  at: { readonly rule: RuleKey | null; readonly pool: PoolKey | null },
  path: Path,
  why: string,
): Reasoning {
  return { ...at, strategy: null, candidates: [], tieBreak: null, path, version: floor.organisation.book.version, why };
}

function teamsOf(lead: Routed, members: readonly Member[]): TeamKey[] {
  if (lead.team !== null) return [lead.team];
  return [...new Set(members.map((member) => member.team))];
}

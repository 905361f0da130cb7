import type { LeadId, MemberKey } from '@relance/lead';
import type { Floor } from './floor.js';
import type { Member } from './organisation.js';
import type { Pool } from './rule-book.js';
import { loadOf } from './shares.js';
import type { Share } from './shares.js';

export interface Picked {
  readonly member: Member;
  /** What decided between them, as the decision record keeps it. */
  readonly by: 'only-one' | 'share' | 'least-recent' | 'hash' | 'turn' | 'load' | 'earlier-owner';
  /** What each eligible member stood at: a sentence. */
  standing(member: Member): string;
}

const nearly = 1e-9;

/** Picks who takes the lead among members who all may. There must be one at least. */
export function pickMember(
  pool: Pool,
  eligible: readonly Member[],
  lead: { readonly leadId: LeadId; readonly lastOwner: MemberKey | null },
  floor: Floor,
): Picked {
  switch (pool.strategy) {
    case 'fair-share':
      return pickFairShare(eligible, lead.leadId, floor.sharesOf(pool));
    case 'sticky':
      return pickEarlierOwner(eligible, lead.lastOwner) ?? pickFairShare(eligible, lead.leadId, floor.sharesOf(pool));
    case 'round-robin':
      return pickTurn(pool, eligible, floor);
    case 'least-loaded':
      return pickLeastLoaded(eligible, lead.leadId, floor, floor.sharesOf(pool));
  }
}

function pickEarlierOwner(eligible: readonly Member[], lastOwner: MemberKey | null): Picked | null {
  const member = eligible.find((candidate) => candidate.key === lastOwner);
  return member
    ? { member, by: 'earlier-owner', standing: ({ key }) => (key === lastOwner ? 'had this lead before' : 'eligible') }
    : null;
}

/**
 * The lowest (assigned + calibration − credits) / weight among those who are not ahead of their part.
 *
 * With equal weights the second half never matters. With unequal ones it keeps everyone within one lead of their part
 * at every moment, where the lowest ratio alone does not: of weights 5, 1, 1, 1, 1, 1 the first six leads would go one
 * to each. This is Tijdeman's rule for the chairman assignment problem (1980): of those whose part is at least
 * 1 / (2k − 2) above what they had, the one whose next turn is due first.
 */
function pickFairShare(eligible: readonly Member[], leadId: LeadId, shares: ReadonlyMap<MemberKey, Share>): Picked {
  const standing = (member: Member): string => told(member, shares.get(member.key));
  const [only] = eligible;
  if (only && eligible.length === 1) return { member: only, by: 'only-one', standing };

  const grace = 1 / (2 * eligible.length - 2);
  const weight = sum(eligible, (member) => member.weight);
  const given = sum(eligible, (member) => had(shares.get(member.key)));
  const behind = eligible.filter(
    (member) => (member.weight / weight) * (given + 1) - had(shares.get(member.key)) >= grace - nearly,
  );
  return {
    ...lowest(behind, leadId, shares, 'share', (member) => (had(shares.get(member.key)) + 1 - grace) / member.weight),
    standing,
  };
}

/** Open work / cap. Where somebody has no cap, open work / weight. */
function pickLeastLoaded(
  eligible: readonly Member[],
  leadId: LeadId,
  floor: Floor,
  shares: ReadonlyMap<MemberKey, Share>,
): Picked {
  const hasCaps = eligible.every((member) => member.openWorkCap !== null);
  const limit = (member: Member): number => (hasCaps ? (member.openWorkCap ?? 1) : member.weight);
  const ratio = (member: Member): number => floor.loadOf(member.key).openWork / limit(member);
  return {
    ...lowest(eligible, leadId, shares, 'load', ratio),
    standing: (member) => `open work ${floor.loadOf(member.key).openWork} of ${limit(member)}`,
  };
}

/** Smooth weighted round-robin: of weights 5, 1, 1 the turns are a a b a c a a. Ties go by the pool's order. */
function pickTurn(pool: Pool, eligible: readonly Member[], floor: Floor): Picked {
  const turns = floor.turns.get(pool.key) ?? new Map<MemberKey, number>();
  floor.turns.set(pool.key, turns);
  const total = sum(eligible, (member) => member.weight);
  let next: Member | undefined;
  const before = new Map<MemberKey, number>();
  for (const member of eligible) {
    const turn = (turns.get(member.key) ?? 0) + member.weight;
    turns.set(member.key, turn);
    before.set(member.key, turn);
    if (!next || turn > (before.get(next.key) ?? 0) + nearly) next = member;
  }
  if (!next) throw new Error('There is nobody to pick from');
  turns.set(next.key, (turns.get(next.key) ?? 0) - total);
  return { member: next, by: 'turn', standing: (member) => `turn ${rounded(before.get(member.key) ?? 0)}` };
}

function lowest(
  candidates: readonly Member[],
  leadId: LeadId,
  shares: ReadonlyMap<MemberKey, Share>,
  by: 'share' | 'load',
  valueOf: (member: Member) => number,
): Pick<Picked, 'member' | 'by'> {
  const least = Math.min(...candidates.map(valueOf));
  const tied = candidates.filter((member) => valueOf(member) <= least + nearly);
  const turnOf = (member: Member): number => shares.get(member.key)?.lastTurn ?? 0;
  const oldest = Math.min(...tied.map(turnOf));
  const waited = tied.filter((member) => turnOf(member) === oldest);
  const [member] = waited.sort((one, other) => stableHash(leadId, one.key) - stableHash(leadId, other.key));
  if (!member) throw new Error('There is nobody to pick from');
  return { member, by: tied.length === 1 ? by : waited.length === 1 ? 'least-recent' : 'hash' };
}

function had(share: Share | undefined): number {
  return share ? loadOf(share) : 0;
}

function told(member: Member, share: Share | undefined): string {
  const parts = [
    `${share?.assigned ?? 0} assigned`,
    ...(share && Math.abs(share.calibration) > nearly ? [`calibration ${rounded(share.calibration)}`] : []),
    ...(share && share.credits > 0 ? [`${share.credits} given back`] : []),
  ];
  return `share ${rounded(had(share) / member.weight)} (${parts.join(', ')}, weight ${rounded(member.weight)})`;
}

function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function sum(members: readonly Member[], valueOf: (member: Member) => number): number {
  return members.reduce((total, member) => total + valueOf(member), 0);
}

/** The same for the same lead and member, for ever: FNV-1a with a final mix. */
export function stableHash(leadId: string, member: string): number {
  let hash = 0x811c9dc5;
  for (const character of `${leadId}/${member}`) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

import type { MemberKey } from '@relance/lead';
import type { Member } from './organisation.js';

/** A member's part of one pool in one month: the fairness ledger's line. Changed in memory while a batch is decided. */
export interface Share {
  readonly member: MemberKey;
  assigned: number;
  /** What was added so that a late comer begins where the others stand. */
  calibration: number;
  /** Turns given back. */
  credits: number;
  /** The pool's turn in which they were last given a lead; 0 for never. */
  lastTurn: number;
  calibratedAt: Date;
  /** False once they left the pool. */
  isInPool: boolean;
  /** To be written. */
  isChanged: boolean;
}

/** What a member has had: the number that fair share compares, before the weight. */
export function loadOf(share: Share): number {
  return share.assigned + share.calibration - share.credits;
}

/**
 * Brings a pool's ledger up to date with who shares it now.
 *
 * Who joins, comes back or is given another weight begins at the pool's weighted mean: nobody is flooded with what the
 * others had meanwhile, and nobody waits for them. A month that begins has no lines yet, and everyone begins at zero.
 */
export function settleShares(shares: Map<MemberKey, Share>, members: readonly Member[], now: Date): void {
  const isNewMonth = shares.size === 0;
  const inPool = new Set(members.map((member) => member.key));
  for (const share of shares.values()) {
    if (share.isInPool && !inPool.has(share.member)) {
      share.isInPool = false;
      share.isChanged = true;
    }
  }
  const joining = members.filter((member) => !isNewMonth && isJoining(member, shares.get(member.key)));
  const mean = joining.length === 0 ? 0 : meanOf(shares, members, joining);
  for (const member of members) {
    const known = shares.get(member.key);
    if (known && !joining.includes(member)) continue;
    const share = known ?? newShare(member.key, now);
    share.calibration += joining.includes(member) ? mean * member.weight - loadOf(share) : 0;
    share.calibratedAt = now;
    share.isInPool = true;
    share.isChanged = true;
    shares.set(member.key, share);
  }
}

function newShare(member: MemberKey, now: Date): Share {
  return {
    member,
    assigned: 0,
    calibration: 0,
    credits: 0,
    lastTurn: 0,
    calibratedAt: now,
    isInPool: true,
    isChanged: true,
  };
}

function isJoining(member: Member, share: Share | undefined): boolean {
  if (!share?.isInPool) return true;
  return member.returnedAt !== null && member.returnedAt > share.calibratedAt;
}

function meanOf(shares: ReadonlyMap<MemberKey, Share>, members: readonly Member[], joining: readonly Member[]): number {
  const settled = members.filter((member) => shares.has(member.key) && !joining.includes(member));
  const present = settled.filter((member) => member.active && member.available);
  let load = 0;
  let weight = 0;
  for (const member of present.length > 0 ? present : settled) {
    const share = shares.get(member.key);
    load += share ? loadOf(share) : 0;
    weight += member.weight;
  }
  return weight === 0 ? 0 : load / weight;
}

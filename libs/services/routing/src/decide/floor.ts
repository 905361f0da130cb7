import type { MemberKey, PoolKey } from '@relance/lead';
import { isOpenAt, nextOpening } from '@relance/working-time';
import { DateTime } from 'luxon';
import type { Member, Organisation, RateCap } from './organisation.js';
import type { Pool } from './rule-book.js';
import { settleShares } from './shares.js';
import type { Share } from './shares.js';

/** What a member has in hand, under their lock. Changed in memory while a batch is decided. */
export interface MemberLoad {
  openWork: number;
  /** When they were given leads lately; only kept for members with rate caps. */
  readonly recent: Date[];
}

/** The state that a batch is decided on, in order: every choice is seen by the next one. */
export class Floor {
  private readonly presence = new Map<MemberKey, string | null>();
  private readonly settled = new Set<PoolKey>();

  constructor(
    readonly organisation: Organisation,
    readonly loads: ReadonlyMap<MemberKey, MemberLoad>,
    private readonly ledgers: Map<PoolKey, Map<MemberKey, Share>>,
    /** Round-robin pools: how far each member's turn has come. */
    readonly turns: Map<PoolKey, Map<MemberKey, number>>,
    readonly now: Date,
  ) {}

  /** The pool's lines of this month, one for each of its members. */
  sharesOf(pool: Pool): ReadonlyMap<MemberKey, Share> {
    const shares = this.ledgers.get(pool.key) ?? new Map<MemberKey, Share>();
    this.ledgers.set(pool.key, shares);
    if (!this.settled.has(pool.key)) {
      settleShares(shares, this.organisation.membersOf(pool), this.now);
      this.settled.add(pool.key);
    }
    return shares;
  }

  changedShares(): { readonly pool: PoolKey; readonly share: Share }[] {
    return [...this.ledgers].flatMap(([pool, shares]) =>
      [...shares.values()].filter((share) => share.isChanged).map((share) => ({ pool, share })),
    );
  }

  loadOf(member: MemberKey): MemberLoad {
    return this.loads.get(member) ?? { openWork: 0, recent: [] };
  }

  /** Why a member takes no lead at all now; null when they may. Language and what they lost before are the lead's matter. */
  obstacleOf(member: Member): string | null {
    return this.absenceOf(member) ?? capObstacle(member, this.loadOf(member.key), this.now);
  }

  /** Why they are not there; null when they are. The same for the whole batch. */
  absenceOf(member: Member): string | null {
    const known = this.presence.get(member.key);
    if (known !== undefined) return known;
    const absence = reasonOfAbsence(member, this.now);
    this.presence.set(member.key, absence);
    return absence;
  }

  /** Notes that a member was given a lead. */
  give(member: MemberKey, pool: PoolKey | null): void {
    const load = this.loads.get(member);
    if (load) {
      load.openWork += 1;
      load.recent.push(this.now);
    }
    const shares = pool === null ? undefined : this.ledgers.get(pool);
    const share = shares?.get(member);
    if (!shares || !share) return;
    share.assigned += 1;
    share.lastTurn = 1 + Math.max(...[...shares.values()].map((other) => other.lastTurn));
    share.isChanged = true;
  }
}

function reasonOfAbsence(member: Member, now: Date): string | null {
  if (!member.active) return 'deactivated';
  if (!member.available) return 'switched off';
  if (isOpenAt(member.calendar, now)) return null;
  const opening = nextOpening(member.calendar, now);
  return opening ? `absent until ${told(opening, member.calendar.timeZone, now)}` : 'absent, and never in hours again';
}

function told(opening: Date, timeZone: string, now: Date): string {
  const isThisWeek = opening.getTime() - now.getTime() < 6 * 86_400_000;
  return DateTime.fromJSDate(opening, { zone: timeZone })
    .setLocale('en-GB')
    .toFormat(isThisWeek ? 'ccc HH:mm' : 'ccc d LLL HH:mm');
}

function capObstacle(member: Member, load: MemberLoad, now: Date): string | null {
  if (member.openWorkCap !== null && load.openWork >= member.openWorkCap)
    return `open work ${load.openWork}/${member.openWorkCap}`;
  for (const cap of member.rateCaps) {
    const since = windowStart(cap, member.calendar.timeZone, now);
    const taken = load.recent.filter((at) => at >= since).length;
    if (taken >= cap.max) return `${taken}/${cap.max} new leads this ${cap.per}`;
  }
  return null;
}

const windowMs = { hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000 } as const;

/** Since when leads count against a rate cap. */
export function windowStart(cap: RateCap, timeZone: string, now: Date): Date {
  if (cap.window === 'rolling') return new Date(now.getTime() - windowMs[cap.per] + 1);
  return DateTime.fromJSDate(now, { zone: timeZone }).startOf(cap.per).toJSDate();
}

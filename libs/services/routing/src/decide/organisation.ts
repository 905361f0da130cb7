import { z } from 'zod';
import type { MemberKey, MemberRole, PoolKey, TeamKey } from '@relance/lead';
import type { FrozenCalendar } from '@relance/working-time';
import type { Pool, PublishedBook } from './rule-book.js';

/** At most so many new leads in a window. A fixed window begins on the hour, at midnight or on Monday of the member's zone. */
export const rateCapSchema = z.object({
  max: z.int().positive(),
  per: z.enum(['hour', 'day', 'week']),
  window: z.enum(['fixed', 'rolling']).default('rolling'),
});
export type RateCap = z.infer<typeof rateCapSchema>;

/** A person as decisions see them. */
export interface Member {
  readonly key: MemberKey;
  readonly team: TeamKey;
  readonly role: MemberRole;
  /** Share of a pool relative to the others'; above zero. */
  readonly weight: number;
  /** Leads in hand (stages mql, sal, sql) at most; null for no limit. */
  readonly openWorkCap: number | null;
  readonly rateCaps: readonly RateCap[];
  readonly languages: readonly string[];
  /** Domains of companies whose leads are theirs. */
  readonly namedAccounts: readonly string[];
  readonly active: boolean;
  readonly available: boolean;
  /** When they last came back: switched on, activated again, or given another weight. */
  readonly returnedAt: Date | null;
  /** Their own, else their team's. */
  readonly calendar: FrozenCalendar;
}

/** Everyone, and the rules in force: what a batch decides by. */
export class Organisation {
  private readonly ofPool = new Map<PoolKey, readonly Member[]>();

  constructor(
    readonly members: ReadonlyMap<MemberKey, Member>,
    readonly book: PublishedBook,
  ) {}

  /**
   * Who shares a pool. A team's pool has its active reps; listed members stay candidates when they are deactivated, so
   * that a decision says so.
   */
  membersOf(pool: Pool): readonly Member[] {
    const known = this.ofPool.get(pool.key);
    if (known) return known;
    const members = this.resolve(pool);
    this.ofPool.set(pool.key, members);
    return members;
  }

  /** Who hears of a team's trouble: its managers, or any manager when it has none. In order of keys. */
  managersOf(teams: readonly TeamKey[]): readonly Member[] {
    const managers = [...this.members.values()].filter((member) => member.active && member.role === 'manager');
    const own = managers.filter((member) => teams.includes(member.team));
    return (own.length > 0 ? own : managers).sort(byKey);
  }

  private resolve({ members }: Pool): Member[] {
    if (Array.isArray(members))
      return members.flatMap((key: MemberKey) => {
        const member = this.members.get(key);
        return member ? [member] : [];
      });
    const { team } = members;
    return [...this.members.values()]
      .filter((member) => member.team === team && member.role === 'rep' && member.active)
      .sort(byKey);
  }
}

function byKey(one: Member, other: Member): number {
  return one.key < other.key ? -1 : one.key > other.key ? 1 : 0;
}

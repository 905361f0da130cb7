import type { Routed } from './choose-owner.js';
import type { Member, Organisation } from './organisation.js';
import { fallbackOf } from './rule-book.js';
import type { Pool } from './rule-book.js';

/** Everything that a decision about these leads may count: their pools, the people of those, and whom rules name. */
export interface ReachOfLeads {
  readonly pools: readonly Pool[];
  readonly members: readonly Member[];
}

/**
 * Finds what has to be locked before these leads are decided.
 *
 * @param withManagers managers are only needed when nobody else takes a lead; locking them always would make every
 *   claim wait for every other one.
 */
export function reachOfLeads(
  leads: readonly Routed[],
  organisation: Organisation,
  withManagers: boolean,
): ReachOfLeads {
  const pools = new Set<Pool>();
  const members = new Set<Member>();
  for (const lead of leads) {
    const from = lead.from === null ? undefined : organisation.book.pools.get(lead.from.pool);
    if (from) reachPool(from, pools, organisation);
    else reachByRules(lead, pools, members, organisation);
  }
  for (const pool of pools) for (const member of organisation.membersOf(pool)) members.add(member);
  if (withManagers)
    for (const member of organisation.members.values()) if (member.role === 'manager') members.add(member);
  return { pools: [...pools], members: [...members] };
}

function reachByRules(lead: Routed, pools: Set<Pool>, members: Set<Member>, organisation: Organisation): void {
  const facts = { ...lead.facts, score: lead.score, source: { key: lead.facts.attribution.sourceKey } };
  for (const { matches, then } of organisation.book.rules) {
    if (matches(facts) !== 'true') continue;
    if (then.accountOwner) {
      const domain = lead.facts.company.domain?.toLowerCase();
      for (const member of organisation.members.values())
        if (domain !== undefined && member.namedAccounts.includes(domain)) members.add(member);
      continue;
    }
    const pool = then.pool === undefined ? undefined : organisation.book.pools.get(then.pool);
    if (pool) return reachPool(pool, pools, organisation);
    const member = then.member === undefined ? undefined : organisation.members.get(then.member);
    if (member) {
      members.add(member);
      return;
    }
    if (lead.mayLeaveSales) return;
  }
}

function reachPool(first: Pool, pools: Set<Pool>, organisation: Organisation): void {
  for (let pool: Pool | undefined = first; pool && !pools.has(pool);) {
    pools.add(pool);
    const next = fallbackOf(pool);
    pool = next === undefined ? undefined : organisation.book.pools.get(next);
  }
}

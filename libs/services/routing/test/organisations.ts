import type { LeadFacts, LeadId, MemberKey, PoolKey, TeamKey } from '@relance/lead';
import { leadFactsSchema } from '@relance/lead';
import { alwaysOpen } from '@relance/working-time';
import type { Routed } from '../src/decide/choose-owner.js';
import { Floor } from '../src/decide/floor.js';
import { newLead } from '../src/decide/lead-state.js';
import type { LeadState } from '../src/decide/lead-state.js';
import { Organisation } from '../src/decide/organisation.js';
import type { Member } from '../src/decide/organisation.js';
import { compileBook, ruleBookSchema } from '../src/decide/rule-book.js';
import type { RuleBook } from '../src/decide/rule-book.js';
import type { Share } from '../src/decide/shares.js';

export const noon = new Date('2026-11-18T12:00:00Z');

/** A rep at work for ever, unless told otherwise. */
export function member(key: string, over: Partial<Member> = {}): Member {
  return {
    key: key as MemberKey,
    team: 'north' as TeamKey,
    role: 'rep',
    weight: 1,
    openWorkCap: null,
    rateCaps: [],
    languages: [],
    namedAccounts: [],
    active: true,
    available: true,
    returnedAt: null,
    calendar: alwaysOpen('UTC'),
    ...over,
  };
}

/** One rule that sends everyone to one pool, unless told otherwise. */
export function book(pool: object = {}, over: { rules?: object[]; pools?: object[] } = {}): RuleBook {
  return ruleBookSchema.parse({
    rules: over.rules ?? [{ key: 'everyone', when: null, then: { pool: 'all' } }],
    pools: [{ key: 'all', members: { team: 'north' }, ...pool }, ...(over.pools ?? [])],
  });
}

export function organisation(members: readonly Member[], rules: RuleBook = book()): Organisation {
  return new Organisation(new Map(members.map((one) => [one.key, one])), compileBook(1, rules));
}

export function floor(
  members: readonly Member[],
  rules: RuleBook = book(),
  more: { openWork?: Record<string, number>; ledger?: Map<MemberKey, Share>; now?: Date } = {},
): Floor {
  return new Floor(
    organisation(members, rules),
    new Map(members.map(({ key }) => [key, { openWork: more.openWork?.[key] ?? 0, recent: [] }])),
    new Map(more.ledger ? [['all' as PoolKey, more.ledger]] : []),
    new Map(),
    more.now ?? noon,
  );
}

let made = 0;

export function leadId(): LeadId {
  made += 1;
  return `00000000-0000-7000-8000-${String(made).padStart(12, '0')}` as LeadId;
}

export function facts(over: { person?: object; company?: object } = {}): LeadFacts {
  return leadFactsSchema.parse({
    person: { fullName: 'Ada Lovelace', email: 'ada@example.org', ...over.person },
    company: { name: 'Engines', ...over.company },
    request: {},
    attribution: { sourceKey: 'site' },
    consents: [],
    test: false,
    occurredAt: noon.toISOString(),
    receivedAt: noon.toISOString(),
  });
}

/** A lead that asks for an owner for the first time. */
export function routed(over: Partial<Routed> = {}): Routed {
  return {
    leadId: leadId(),
    facts: facts(),
    score: null,
    lastOwner: null,
    lost: new Set(),
    from: null,
    staysWith: null,
    team: null,
    onlyManager: false,
    neverHold: false,
    mayLeaveSales: true,
    ...over,
  };
}

export function lead(over: Partial<LeadState> = {}): LeadState {
  return { ...newLead(leadId()), facts: facts(), ...over };
}

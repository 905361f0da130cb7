import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { MemberKey, PoolKey, RuleKey, TeamKey } from '@relance/lead';
import type { FrozenCalendar } from '@relance/working-time';
import { book, facts, floor, member, noon, routed } from '../../test/organisations.js';
import { chooseOwner } from './choose-owner.js';
import type { Candidate, OwnerDecision, Routed } from './choose-owner.js';
import type { Floor } from './floor.js';
import type { Member } from './organisation.js';

const keys = (...names: string[]): Set<MemberKey> => new Set(names as MemberKey[]);

function chosen(decision: OwnerDecision): string {
  return decision.kind === 'assigned' ? decision.member.key : decision.kind;
}

function turns(on: Floor, count: number, over: Partial<Routed> = {}): string[] {
  return Array.from({ length: count }, () => chosen(chooseOwner(routed(over), on)));
}

function why(candidates: readonly Candidate[]): Record<string, string> {
  return Object.fromEntries(candidates.map((candidate) => [candidate.member, candidate.why]));
}

const closed: FrozenCalendar = {
  timeZone: 'UTC',
  weekly: { wed: [['14:00', '18:00']] },
  specialDays: [],
  closedOn: [],
  frozenYears: [],
};

describe('who may take a lead', () => {
  it.each([
    { over: { available: false }, says: 'switched off' },
    { over: { calendar: closed }, says: 'absent until Wed 14:00' },
    { over: { openWorkCap: 2 }, openWork: { ana: 2 }, says: 'open work 2/2' },
    { over: { languages: ['de'] }, says: 'does not speak fr' },
  ] as { over: Partial<Member>; openWork?: Record<string, number>; says: string }[])(
    'passes over who is $says, and says so',
    ({ over, openWork, says }) => {
      const people = [member('ana', { languages: ['fr'], ...over }), member('bob', { languages: ['fr-CA'] })];
      const decision = chooseOwner(
        routed({ facts: facts({ person: { language: 'fr' } }) }),
        floor(people, book({ matchLanguage: true }), openWork ? { openWork } : {}),
      );
      expect(chosen(decision)).toBe('bob');
      expect(why(decision.candidates)).toMatchObject({ ana: says });
    },
  );

  it('counts what they were given within the window of a rate cap', () => {
    const people = [member('ana', { rateCaps: [{ max: 2, per: 'hour', window: 'fixed' }] })];
    expect(turns(floor(people), 3)).toEqual(['ana', 'ana', 'held']);
  });

  it('lists everyone with a reason, the chosen one too', () => {
    const decision = chooseOwner(routed(), floor([member('ana'), member('bob'), member('cyd', { available: false })]));
    expect(decision.candidates).toHaveLength(3);
    expect(decision.candidates.filter((candidate) => candidate.why === '')).toEqual([]);
    expect(decision.candidates.filter((candidate) => candidate.eligible)).toHaveLength(2);
  });

  it('keeps managers and people who left out of a team pool', () => {
    const people = [member('ana'), member('boss', { role: 'manager' }), member('old', { active: false })];
    expect(chooseOwner(routed(), floor(people)).candidates.map((candidate) => candidate.member)).toEqual(['ana']);
  });

  it('law: an owner is always somebody who may have the lead', () => {
    const anyone = fc.record({
      available: fc.boolean(),
      active: fc.boolean(),
      calendar: fc.constantFrom(closed, undefined),
      openWorkCap: fc.option(fc.integer({ min: 0, max: 3 })),
      isLost: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(anyone, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 12 }),
        (people, count) => {
          const members = people.map(({ available, active, openWorkCap, calendar }, index) =>
            member(`m${index}`, {
              available,
              active,
              openWorkCap,
              ...(calendar ? { calendar } : {}),
            }),
          );
          const lost = keys(...people.flatMap(({ isLost }, index) => (isLost ? [`m${index}`] : [])));
          const on = floor(members, book({ members: members.map(({ key }) => key) }));
          for (let turn = 0; turn < count; turn += 1) {
            const before = new Map(members.map(({ key }) => [key, on.loadOf(key).openWork]));
            const decision = chooseOwner(routed({ lost }), on);
            if (decision.kind !== 'assigned') continue;
            const owner = decision.member;
            expect(owner.active && owner.available && owner.calendar !== closed).toBe(true);
            expect(before.get(owner.key)).toBeLessThan(owner.openWorkCap ?? Infinity);
            expect(lost.has(owner.key)).toBe(false);
          }
        },
      ),
    );
  });
});

describe('fair share', () => {
  it('law: everyone is within one lead of their part, at every moment, whatever the weights', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 300 }),
        (weights, count) => {
          const people = weights.map((weight, index) => member(`m${index}`, { weight }));
          const on = floor(people);
          const total = weights.reduce((sum, weight) => sum + weight, 0);
          const given = new Map<string, number>();
          for (let turn = 1; turn <= count; turn += 1) {
            const owner = chosen(chooseOwner(routed(), on));
            given.set(owner, (given.get(owner) ?? 0) + 1);
            for (const [index, weight] of weights.entries())
              expect(Math.abs((given.get(`m${index}`) ?? 0) - (turn * weight) / total)).toBeLessThanOrEqual(1 + 1e-9);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('gives a tie to whoever waited longest', () => {
    const first = turns(floor([member('ana'), member('bob'), member('cyd')]), 6);
    expect(first.slice(3)).toEqual(first.slice(0, 3));
    expect(new Set(first).size).toBe(3);
  });

  it('begins who joins at the mean of the others, and floods nobody', () => {
    const people = [member('ana'), member('bob')];
    const on = floor(people);
    turns(on, 40);
    const ledger = new Map(on.sharesOf(on.organisation.book.pools.get('all' as PoolKey)!));
    const later = floor([...people, member('cyd')], book(), { ledger });
    expect(turns(later, 6).filter((owner) => owner === 'cyd')).toHaveLength(2);
  });

  it('begins who comes back at the mean of the others', () => {
    const away = floor([member('ana'), member('bob', { available: false })]);
    turns(away, 20);
    const ledger = new Map(away.sharesOf(away.organisation.book.pools.get('all' as PoolKey)!));
    const back = new Date(noon.getTime() + 1_000);
    const later = floor([member('ana'), member('bob', { returnedAt: back })], book(), { ledger, now: back });
    expect(turns(later, 6).filter((owner) => owner === 'bob')).toHaveLength(3);
  });
});

describe('the other strategies', () => {
  it('round-robin takes smooth weighted turns', () => {
    const people = [member('a', { weight: 5 }), member('b'), member('c')];
    const on = floor(people, book({ strategy: 'round-robin', members: ['a', 'b', 'c'] }));
    expect(turns(on, 7).join(' ')).toBe('a a b a c a a');
  });

  it('least-loaded looks at open work against the cap', () => {
    const people = [member('ana', { openWorkCap: 10 }), member('bob', { openWorkCap: 100 })];
    const on = floor(people, book({ strategy: 'least-loaded' }), { openWork: { ana: 2, bob: 10 } });
    expect(chosen(chooseOwner(routed(), on))).toBe('bob');
  });

  it('sticky goes to whoever had the lead before, and shares fairly when they may not take it', () => {
    const rules = book({ strategy: 'sticky' });
    const lastOwner = 'bob' as MemberKey;
    expect(turns(floor([member('ana'), member('bob')], rules), 3, { lastOwner })).toEqual(['bob', 'bob', 'bob']);
    expect(
      chosen(chooseOwner(routed({ lastOwner }), floor([member('ana'), member('bob', { available: false })], rules))),
    ).toBe('ana');
  });
});

describe('when nobody may take it', () => {
  const away = member('ana', { available: false });
  const boss = member('boss', { role: 'manager' });
  const all = { pool: 'all' as PoolKey, rule: 'everyone' as RuleKey };

  it.each([
    { whenNobody: 'hold', expected: 'held' },
    { whenNobody: 'route-anyway', expected: 'ana' },
    { whenNobody: 'manager', expected: 'boss' },
    { whenNobody: { fallback: 'rest' }, expected: 'cyd' },
  ])('$whenNobody → $expected', ({ whenNobody, expected }) => {
    const rest = { key: 'rest', members: ['cyd'] };
    const people = [away, boss, member('cyd', { team: 'south' as TeamKey })];
    const decision = chooseOwner(routed(), floor(people, book({ whenNobody }, { pools: [rest] })));
    expect(chosen(decision)).toBe(expected);
    expect(why(decision.candidates)['ana']).toContain('switched off');
  });

  it('goes to the manager when everyone who could take it has lost it, and never waits', () => {
    const decision = chooseOwner(routed({ lost: keys('ana'), from: all }), floor([member('ana'), boss]));
    expect(chosen(decision)).toBe('boss');
    expect(why(decision.candidates)).toEqual({ ana: 'already had this lead', boss: 'manager: present' });
  });

  it('stays where it is when there is no manager either, and says so', () => {
    const lost = { lost: keys('ana'), staysWith: 'ana' as MemberKey, neverHold: true };
    const decision = chooseOwner(routed({ ...lost, from: all }), floor([member('ana')]));
    expect(decision).toMatchObject({ kind: 'stays', member: 'ana' });
    expect(decision.why).toContain('stays where it is');
  });

  it('never waits for a silent owner: a manager takes it', () => {
    const silent = { lost: keys('bob'), staysWith: 'bob' as MemberKey, neverHold: true, from: all };
    expect(chosen(chooseOwner(routed(silent), floor([away, member('bob', { available: false }), boss])))).toBe('boss');
  });

  it('asks nobody but managers once enough people had it', () => {
    expect(chosen(chooseOwner(routed({ onlyManager: true }), floor([member('ana'), boss])))).toBe('boss');
  });
});

describe('rules', () => {
  const french = { field: 'person.country', operator: '=', value: 'FR' };
  const people = [member('ana'), member('bob', { namedAccounts: ['engines.example'] })];

  it('the first that matches decides, and the path is kept', () => {
    const rules = book(
      { members: ['ana'] },
      {
        rules: [
          { key: 'vip', when: french, then: { pool: 'fr' } },
          { key: 'rest', when: null, then: { pool: 'all' } },
        ],
        pools: [{ key: 'fr', members: ['bob'] }],
      },
    );
    const inFrance = chooseOwner(routed({ facts: facts({ person: { country: 'FR' } }) }), floor(people, rules));
    const unknown = chooseOwner(routed(), floor(people, rules));
    expect([chosen(inFrance), chosen(unknown)]).toEqual(['bob', 'ana']);
    expect(unknown.path).toEqual([
      { rule: 'vip', answer: 'unknown' },
      { rule: 'rest', answer: 'true' },
    ]);
  });

  it.each([
    { then: { member: 'bob' }, expected: 'bob' },
    { then: { accountOwner: true }, expected: 'bob' },
    { then: { track: 'slow' }, expected: 'nurtured' },
    { then: { reject: 'students' }, expected: 'rejected' },
  ])('$then → $expected', ({ then, expected }) => {
    const rules = book({ members: ['ana'] }, { rules: [{ key: 'one', when: null, then }] });
    const from = routed({ facts: facts({ company: { domain: 'engines.example' } }) });
    expect(chosen(chooseOwner(from, floor(people, rules)))).toBe(expected);
  });

  it('an account nobody owns goes on to the next rule', () => {
    const rules = book(
      {},
      {
        rules: [
          { key: 'named', when: null, then: { accountOwner: true } },
          { key: 'rest', when: null, then: { member: 'ana' } },
        ],
      },
    );
    expect(chosen(chooseOwner(routed(), floor(people, rules)))).toBe('ana');
  });

  it('a lead no rule matches is held, not lost', () => {
    const rules = book({}, { rules: [{ key: 'vip', when: french, then: { pool: 'all' } }] });
    expect(chooseOwner(routed(), floor(people, rules))).toMatchObject({ kind: 'held', pool: null });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AssignmentId, LeadId, MemberKey } from '@relance/lead';
import type { Announcement, Envelope, LeadScored, SlaBreached } from '@relance/events';
import { anId, eventually } from '@relance/testing';
import type { Tx } from '@relance/postgres';
import { memberInputSchema } from '../src/http/inputs.js';
import { OnLeadScored } from '../src/consume/on-lead-scored.js';
import { OnSlaBreached } from '../src/consume/on-sla-breached.js';
import { HandingOver } from '../src/steps/handing-over.js';
import { People } from '../src/steps/people.js';
import { Releasing } from '../src/steps/releasing.js';
import { breached, brokenLaws, crew, fine, ownerOf, publish, routingApp, saveMember, scored } from './routing-app.js';
import type { RoutingApp } from './routing-app.js';

/** As the log would hand it over. */
function delivered<Data>(announcement: Announcement): Envelope<Data> {
  const { topic: _topic, ...envelope } = announcement;
  return { ...envelope, data: envelope.data as Data, recordedat: envelope.time, position: 0 };
}

/** Small and repeatable: the same seed gives the same numbers. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
}

const scoreIn = (app: RoutingApp, leads: readonly LeadId[]) =>
  app.db.transaction((tx) =>
    app.app.get(OnLeadScored).handle(
      leads.map((id) => delivered<LeadScored>(scored(id))),
      tx,
    ),
  );

describe('claims at the same time', () => {
  let app: RoutingApp;

  beforeAll(async () => {
    app = await routingApp();
  });
  afterAll(() => app.close());

  const score = (leads: readonly LeadId[]) => scoreIn(app, leads);

  it('two transactions that want the same lead give it one owner', async () => {
    await crew(app);
    const leads = Array.from({ length: 20 }, () => anId<LeadId>());
    const outcomes = await Promise.allSettled([score(leads), score([...leads].reverse())]);
    // Whoever comes second is told to try again, as the runner does.
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ kind: 'unavailable' });
    await score(leads);
    for (const lead of leads) expect(await ownerOf(app, lead)).not.toBeNull();
    expect(await brokenLaws(app)).toEqual([]);
  });

  it('law: everyone stays within one lead of their part while batches run side by side', async () => {
    const { team, members } = await crew(app, { reps: 4 });
    await saveMember(app, members[0] ?? '', { team, weight: 5 });
    await Promise.all(
      Array.from({ length: 12 }, (_, index) => score(Array.from({ length: 7 + index }, () => anId<LeadId>()))),
    );
    const { json } = await app.call('GET', `/api/routing/pools/${team}/ledger`);
    const shares = json.items as { member: string; assigned: number }[];
    const total = shares.reduce((sum, share) => sum + share.assigned, 0);
    expect(total).toBe(12 * 7 + 66);
    for (const { member, assigned } of shares)
      expect(Math.abs(assigned - (total * (member === members[0] ? 5 : 1)) / 8)).toBeLessThanOrEqual(1);
    expect(await brokenLaws(app)).toEqual([]);
  });

  it.each([1, 2, 3])(
    'law: whatever happens at once, one owner who may have it, and books that balance (seed %d)',
    async (seed) => {
      const { team, members, manager } = await crew(app, { reps: 4, hasManager: true, over: { openWorkCap: 12 } });
      const next = numbers(seed);
      const leads = Array.from({ length: 60 }, () => anId<LeadId>());
      await score(leads);

      const steps: readonly (() => Promise<unknown>)[] = [
        async () => {
          const owned = await ownerOf(app, leads[next(leads.length)] as LeadId);
          if (!owned) return;
          const event = delivered<SlaBreached>(breached(owned));
          await app.db.transaction((tx: Tx) => app.app.get(OnSlaBreached).handle([event], tx));
        },
        async () => {
          const owned = await ownerOf(app, leads[next(leads.length)] as LeadId);
          if (owned)
            await app.call('POST', `/api/routing/assignments/${owned.assignmentId}/contacts`, {
              channel: 'call',
              outcome: 'NRP',
            });
        },
        async () => {
          const owned = await ownerOf(app, leads[next(leads.length)] as LeadId);
          if (!owned) return;
          const release = app.app
            .get(HandingOver)
            .release(owned.assignmentId as AssignmentId, { by: 'administrator', onlyFor: null });
          await Promise.allSettled([release]);
        },
        async () => {
          const owned = await ownerOf(app, leads[next(leads.length)] as LeadId);
          if (owned) await app.call('POST', `/api/routing/assignments/${owned.assignmentId}/lost`, { reason: 'price' });
        },
        async () => score([anId<LeadId>(), anId<LeadId>()]),
        async () => saveMember(app, members[next(2)] ?? '', { team, openWorkCap: 12, active: next(2) === 0 }),
        async () => app.app.get(Releasing).releaseHeld(),
      ];
      for (let round = 0; round < 12; round += 1)
        await Promise.all(Array.from({ length: 6 }, async () => steps[next(steps.length)]?.()));

      await app.app.get(Releasing).vacate();
      await app.app.get(Releasing).releaseHeld();
      expect(await brokenLaws(app)).toEqual([]);
      const unfit = await app.db.query(
        `select assignment.member from routing.assignment join routing.member on member.key = assignment.member
       where ended_at is null and (not member.active or member.key <> all($1::text[])) and member.team = $2`,
        [[...members, manager ?? ''], team],
      );
      expect(unfit).toEqual([]);
      const { json } = await fine(app.call('GET', '/api/routing/members?limit=500'));
      const ours = (json.items as { key: string; openWork: number }[]).filter(({ key }) => members.includes(key));
      expect(ours.filter(({ openWork }) => openWork > 12)).toEqual([]);
    },
  );

  it('a cap holds across pools that fill up at the same moment', async () => {
    const { members, team } = await crew(app, { reps: 1, over: { openWorkCap: 5 } });
    const hot = { field: 'score.fit', operator: '>=', value: 50 };
    await publish(app, {
      rules: [
        { key: 'hot', when: hot, then: { pool: `${team}-hot` } },
        { key: 'rest', when: null, then: { pool: team } },
      ],
      pools: [
        { key: `${team}-hot`, members },
        { key: team, members },
      ],
    });
    const batches = Array.from({ length: 8 }, (_, index) =>
      Array.from({ length: 4 }, () => scored(anId<LeadId>(), { fit: index % 2 === 0 ? 80 : 20 })),
    );
    await Promise.all(
      batches.map((batch) =>
        app.db.transaction((tx) =>
          app.app.get(OnLeadScored).handle(
            batch.map((said) => delivered<LeadScored>(said)),
            tx,
          ),
        ),
      ),
    );
    expect((await app.call('GET', `/api/routing/members/${members[0]}`)).json.openWork).toBe(5);
    expect(await brokenLaws(app)).toEqual([]);
  });

  it('a batch of 500 costs few statements', async () => {
    await crew(app);
    const events = Array.from({ length: 500 }, () => delivered<LeadScored>(scored(anId<LeadId>())));
    await score([anId<LeadId>()]);
    let statements = 0;
    await app.db.transaction(async (tx) => {
      const counting = new Proxy(tx, {
        get: (target, name) => {
          if (name === 'query' || name === 'execute') statements += 1;
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
      await app.app.get(OnLeadScored).handle(events, counting);
    });
    expect(statements).toBeLessThanOrEqual(13);
  });
});

describe('a claim that waits for a member’s lock', () => {
  let app: RoutingApp;

  beforeAll(async () => {
    app = await routingApp();
  });
  afterAll(() => app.close());

  it('nobody is chosen who was deactivated while the claim waited for their lock', async () => {
    const { members, team } = await crew(app, { reps: 1 });
    const [key = ''] = members;
    const lead = anId<LeadId>();
    let claim: Promise<void> = Promise.resolve();
    await app.db.transaction(async (tx) => {
      const input = memberInputSchema.parse({ name: 'Gone', email: 'gone@example.org', team, active: false });
      await app.app.get(People).saveMember(tx, key as MemberKey, input);
      claim = scoreIn(app, [lead]);
      await eventually(async () => {
        const [waiting] = await app.db.query<{ count: number }>(
          `select count(*) as count from pg_stat_activity
           where datname = current_database() and wait_event_type = 'Lock' and query like '%routing.member_load%'`,
        );
        return (waiting?.count ?? 0) > 0;
      });
    });
    await claim;
    expect((await app.said(lead)).map((said) => said.type)).toEqual(['lead.held']);
  });
});

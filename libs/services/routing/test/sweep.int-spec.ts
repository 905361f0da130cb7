import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LeadStageChanged, MemberChanged } from '@relance/events';
import type { LeadId } from '@relance/lead';
import { anId, eventually } from '@relance/testing';
import { Sweep } from '../src/steps/sweep.js';
import { assignedLead, brokenLaws, crew, ownerOf, publish, routingApp, saveMember, scored } from './routing-app.js';
import type { RoutingApp } from './routing-app.js';

describe('the sweep', () => {
  let app: RoutingApp;

  beforeAll(async () => {
    app = await routingApp({ ROUTING_REST_DAYS: '0' });
  });
  afterAll(() => app.close());

  const sweep = (): Promise<void> => app.app.get(Sweep).once(true);

  it('ends the rest of a returned lead', async () => {
    await crew(app);
    const owned = await assignedLead(app);
    await app.call('POST', `/api/routing/assignments/${owned.assignmentId}/return`, { reason: 'timing' });
    await eventually(async () => {
      const last = (await app.said(owned.leadId, LeadStageChanged)).at(-1);
      return last?.data.move === 'rested' && last.data.to === 'nurturing';
    });
  });

  it('gives held leads out when the working day begins', async () => {
    const { members, team } = await crew(app, { reps: 1 });
    const [key = ''] = members;
    const tomorrow = new Date(app.clock.now().getTime() + 86_400_000).toISOString().slice(0, 10);
    const calendar = {
      timeZone: 'UTC',
      weekly: {},
      specialDays: [{ date: tomorrow, intervals: [['09:00', '10:00']] }],
    };
    await saveMember(app, key, { team, calendar });
    const lead = anId<LeadId>();
    await app.announce(scored(lead));
    await app.settled();
    await sweep();
    expect(await ownerOf(app, lead)).toBeNull();
    app.clock.moveTo(new Date(`${tomorrow}T09:00:00Z`));
    await sweep();
    expect((await ownerOf(app, lead))?.member).toBe(key);
  });

  it('asks the other pools when one is exhausted, and follows repaired rules', async () => {
    const { team, members } = await crew(app, { reps: 2, over: { available: false } });
    const hot = { field: 'score.temperature', operator: '=', value: 'hot' };
    await publish(app, {
      rules: [
        { key: 'hot', when: hot, then: { pool: `${team}-hot` } },
        { key: 'rest', when: null, then: { pool: team } },
      ],
      pools: [
        { key: `${team}-hot`, members: [members[0]] },
        { key: team, members: [members[1]] },
      ],
    });
    const leads = Array.from({ length: 205 }, () => anId<LeadId>());
    const cold = anId<LeadId>();
    await app.announce(...leads.map((lead) => scored(lead)), scored(cold, { temperature: 'cold' }));
    await app.settled();
    await saveMember(app, members[1] ?? '', { team });
    await eventually(() => ownerOf(app, cold), { withinMs: 10_000 });
    expect(await ownerOf(app, leads[0] as LeadId)).toBeNull();

    await publish(app, {
      rules: [{ key: 'rest', when: null, then: { pool: team } }],
      pools: [{ key: team, members: [members[1]] }],
    });
    await eventually(() => ownerOf(app, leads[204] as LeadId), { withinMs: 8_000 });
    expect(await brokenLaws(app)).toEqual([]);
  });

  it('writes out the holidays of a year that has come near, once', async () => {
    const { members, team } = await crew(app, { reps: 1 });
    const [key = ''] = members;
    const calendar = {
      timeZone: 'Europe/Paris',
      weekly: { mon: [['09:00', '18:00']] },
      holidays: { country: 'FR', region: null },
    };
    await saveMember(app, key, { team, calendar });
    const before = (await app.said(key, MemberChanged)).length;
    const year = app.clock.now().getUTCFullYear();
    app.clock.moveTo(new Date(`${year + 1}-01-02T09:00:00Z`));
    await sweep();
    await sweep();
    const said = await app.said(key, MemberChanged);
    expect(said).toHaveLength(before + 1);
    expect(said.at(-1)?.data.calendar.frozenYears).toEqual([year, year + 1, year + 2]);
    expect(said.at(-1)?.data.calendar.closedOn).toContain(`${year}-07-14`);
  });
});

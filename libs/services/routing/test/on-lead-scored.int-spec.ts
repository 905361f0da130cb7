import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LeadAssigned, LeadHeld, LeadNurtured, LeadStageChanged } from '@relance/events';
import type { LeadId } from '@relance/lead';
import { anId, eventually } from '@relance/testing';
import {
  assignedLead,
  brokenLaws,
  crew,
  met,
  ownerOf,
  routingApp,
  saveMember,
  scored,
  started,
} from './routing-app.js';
import type { RoutingApp } from './routing-app.js';

describe('a verdict', () => {
  let app: RoutingApp;

  beforeAll(async () => {
    app = await routingApp();
  });
  afterAll(() => app.close());

  it('gives a qualified lead an owner, says why, and keeps every candidate', async () => {
    const { members, team } = await crew(app);
    const { leadId, member, assignmentId } = await assignedLead(app);

    expect(members).toContain(member);
    const [said] = await app.said(leadId, LeadAssigned);
    expect(said?.data).toMatchObject({
      kind: 'first',
      round: 1,
      assignmentId,
      member,
      team,
      pool: team,
      rule: 'everyone',
    });
    expect(JSON.stringify(said?.data)).not.toContain('@example.org');
    expect(await app.said(leadId, LeadStageChanged)).toEqual([]);

    const { json } = await app.call('GET', `/api/routing/leads/${leadId}/decisions`);
    expect(json).toMatchObject({
      nextCursor: null,
      items: [
        {
          chosen: member,
          rule: 'everyone',
          pool: team,
          strategy: 'fair-share',
          at: expect.any(String),
          version: expect.any(Number),
        },
      ],
    });
    expect(json.items[0].candidates).toHaveLength(3);
    expect(json.items[0].candidates.every((candidate: { why: string }) => candidate.why !== '')).toBe(true);
  });

  it('shares a batch fairly, and the ledger says what was given', async () => {
    const { members, team } = await crew(app);
    const leads = Array.from({ length: 100 }, () => anId<LeadId>());
    await app.announce(...leads.map((leadId) => scored(leadId)));
    await app.settled();

    const { json } = await app.call('GET', `/api/routing/pools/${team}/ledger`);
    const assigned = json.items.map((share: { assigned: number }) => share.assigned);
    expect(assigned.reduce((sum: number, count: number) => sum + count, 0)).toBe(100);
    expect(Math.max(...assigned) - Math.min(...assigned)).toBe(1);
    expect(json.items.map((share: { member: string }) => share.member).sort()).toEqual([...members].sort());
    expect(await brokenLaws(app)).toEqual([]);
  });

  it('sends the rest to marketing, with their details', async () => {
    const unready = anId<LeadId>();
    const incomplete = anId<LeadId>();
    const spam = anId<LeadId>();
    await app.announce(
      scored(unready, { verdict: 'nurture' }),
      scored(incomplete, { verdict: 'incomplete' }),
      scored(spam, { verdict: 'disqualified', disqualifiedFor: 'spam' }),
    );
    await app.settled();
    expect((await app.said(unready, LeadNurtured))[0]?.data).toMatchObject({
      reason: 'not-ready',
      facts: { person: { email: `${unready}@example.org` } },
    });
    expect((await app.said(incomplete, LeadNurtured))[0]?.data).toMatchObject({ reason: 'incomplete' });
    expect((await app.said(spam, LeadStageChanged))[0]?.data).toMatchObject({
      from: 'received',
      to: 'disqualified',
      move: 'disqualified',
      reason: 'spam',
      by: 'routing',
    });
  });

  it('never gives a test lead to anyone', async () => {
    await crew(app);
    const leadId = anId<LeadId>();
    await app.announce(scored(leadId, { test: true }));
    await app.settled();
    expect(await ownerOf(app, leadId)).toBeNull();
    expect((await app.said(leadId)).map((event) => event.type)).toEqual(['lead.scored', 'lead.stage-changed']);
  });

  it('is handled once, however often it is delivered', async () => {
    await crew(app);
    const leadId = anId<LeadId>();
    const event = scored(leadId);
    await app.announce(event);
    await app.announce(event);
    await app.settled();
    expect(await app.said(leadId, LeadAssigned)).toHaveLength(1);
  });

  it('whoever asks again keeps their owner: a new round only once the promise is over', async () => {
    await crew(app);
    const { leadId, assignmentId, member } = await assignedLead(app);
    const clock = { leadId, assignmentId, round: 1, clockId: anId<never>() };
    await app.announce(started(clock, new Date(Date.now() + 60_000)));
    await app.announce(scored(leadId, { revision: 2 }));
    await app.settled();
    expect(await app.said(leadId, LeadAssigned)).toHaveLength(1);

    await app.announce(met(clock));
    await app.announce(scored(leadId, { revision: 3 }));
    await app.settled();
    const [, again] = await app.said(leadId, LeadAssigned);
    expect(again?.data).toMatchObject({ kind: 'asked-again', assignmentId, member, round: 2 });

    // The new round owes a new answer.
    await app.announce(scored(leadId, { revision: 4 }));
    await app.settled();
    expect(await app.said(leadId, LeadAssigned)).toHaveLength(2);
  });

  it('a contact ends the wait too', async () => {
    await crew(app);
    const { leadId, assignmentId } = await assignedLead(app);
    await app.call('POST', `/api/routing/assignments/${assignmentId}/contacts`, { channel: 'call', outcome: 'NRP' });
    await app.announce(scored(leadId, { revision: 2 }));
    await app.settled();
    expect((await app.said(leadId, LeadAssigned)).map((said) => said.data.round)).toEqual([1, 2]);
  });

  it('holds a lead while nobody may take it, and gives it out when somebody is back', async () => {
    const { members, team } = await crew(app, { reps: 1, over: { available: false } });
    const leadId = anId<LeadId>();
    await app.announce(scored(leadId));
    await app.settled();
    const [held] = await app.said(leadId, LeadHeld);
    expect(held?.data).toMatchObject({ pool: team, rule: 'everyone', team });
    const waiting = await app.call('GET', '/api/routing/held?limit=500');
    expect(waiting.json.items).toContainEqual(
      expect.objectContaining({ leadId, pool: team, since: expect.any(String) }),
    );

    await saveMember(app, members[0] ?? '', { team });
    const owned = await eventually(() => ownerOf(app, leadId), { withinMs: 4_500 });
    expect(owned.member).toBe(members[0]);
    const [assigned] = await app.said(leadId, LeadAssigned);
    expect(assigned?.data).toMatchObject({ kind: 'released-hold', round: 1 });
    const { json } = await app.call('GET', `/api/routing/leads/${leadId}/decisions`);
    expect(json.items.map((decision: { chosen: string | null }) => decision.chosen)).toEqual([null, members[0]]);
    expect(json.items[0].candidates).toEqual([{ member: members[0], eligible: false, why: 'switched off' }]);
  });

  it('gives held leads out hottest first, then oldest, as far as the caps go', async () => {
    const { members, team } = await crew(app, { reps: 1, over: { available: false } });
    const cold = anId<LeadId>();
    const hot = anId<LeadId>();
    await app.announce(scored(cold, { temperature: 'cold' }));
    await app.announce(scored(hot, { temperature: 'hot' }));
    await app.settled();
    await saveMember(app, members[0] ?? '', { team, openWorkCap: 1 });
    await eventually(() => ownerOf(app, hot), { withinMs: 4_500 });
    expect(await ownerOf(app, cold)).toBeNull();
    expect(await brokenLaws(app)).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LeadAssigned, LeadErased, LeadMerged, LeadStageChanged, LeadUnmerged, announceNew } from '@relance/events';
import type { Announcement } from '@relance/events';
import type { LeadId } from '@relance/lead';
import { anId, eventually } from '@relance/testing';
import { assignedLead, breached, brokenLaws, crew, ownerOf, routingApp, scored } from './routing-app.js';
import type { RoutingApp } from './routing-app.js';

const about = (winnerId: LeadId, loserId: LeadId) =>
  [winnerId, loserId].map((leadId) => ({ leadId, winnerId, loserId }));
const merged = (winnerId: LeadId, loserId: LeadId): Announcement[] =>
  about(winnerId, loserId).map((data) => announceNew(LeadMerged, { data, by: 'ingestion', at: new Date() }));
const unmerged = (winnerId: LeadId, loserId: LeadId): Announcement[] =>
  about(winnerId, loserId).map((data) => announceNew(LeadUnmerged, { data, by: 'ingestion', at: new Date() }));
const erased = (leadId: LeadId): Announcement =>
  announceNew(LeadErased, { data: { leadId }, by: 'ingestion', at: new Date() });

describe('two leads that proved to be one person', () => {
  let app: RoutingApp;

  beforeAll(async () => {
    app = await routingApp();
  });
  afterAll(() => app.close());

  it('the loser’s owner keeps working, for the winner', async () => {
    await crew(app);
    const loser = await assignedLead(app);
    const winnerId = anId<LeadId>();
    await app.announce(scored(winnerId, { verdict: 'nurture' }));
    await app.announce(...merged(winnerId, loser.leadId));
    await app.settled();
    expect(await ownerOf(app, winnerId)).toMatchObject({ assignmentId: loser.assignmentId, member: loser.member });
    expect((await app.said(winnerId, LeadAssigned)).map((said) => said.data)).toEqual([
      expect.objectContaining({ assignmentId: loser.assignmentId, round: 1, member: loser.member }),
    ]);
    // The loser's id leads to the winner.
    await app.announce(breached({ ...loser, round: 1 }));
    await app.settled();
    expect((await ownerOf(app, winnerId))?.member).not.toBe(loser.member);
    const { json } = await app.call('GET', `/api/routing/leads/${loser.leadId}/decisions`);
    expect(json.items).toHaveLength(2);
    expect(await brokenLaws(app)).toEqual([]);
  });

  it('closes the loser’s assignment when the winner has an owner', async () => {
    await crew(app);
    const winner = await assignedLead(app);
    const loser = await assignedLead(app);
    await app.announce(...merged(winner.leadId, loser.leadId));
    await app.settled();
    expect(await ownerOf(app, winner.leadId)).toMatchObject({ assignmentId: winner.assignmentId });
    expect(await ownerOf(app, loser.leadId)).toBeNull();
    expect((await app.said(loser.leadId, LeadStageChanged))[0]?.data).toMatchObject({
      move: 'merged',
      assignmentId: loser.assignmentId,
      endsAssignment: true,
    });
    const contact = await app.call('POST', `/api/routing/assignments/${loser.assignmentId}/contacts`, {
      channel: 'call',
      outcome: 'NRP',
    });
    expect(contact.json).toMatchObject({ assignment: 'superseded', owner: winner.member });
    // It counts for the winner.
    await app.announce(breached(winner));
    await app.settled();
    expect(await ownerOf(app, winner.leadId)).toMatchObject({ assignmentId: winner.assignmentId });
    expect(await brokenLaws(app)).toEqual([]);
  });

  it('a merge taken back gives the assignment back', async () => {
    await crew(app);
    const loser = await assignedLead(app);
    const winnerId = anId<LeadId>();
    await app.announce(scored(winnerId, { verdict: 'nurture' }));
    await app.announce(...merged(winnerId, loser.leadId));
    await app.announce(...unmerged(winnerId, loser.leadId));
    await app.settled();
    expect(await ownerOf(app, loser.leadId)).toMatchObject({ assignmentId: loser.assignmentId });
    expect(await ownerOf(app, winnerId)).toBeNull();
    expect((await app.said(winnerId, LeadStageChanged)).at(-1)?.data).toMatchObject({ to: 'nurturing' });
    expect(await brokenLaws(app)).toEqual([]);
  });

  it('a lead that lost its assignment in the merge gets an owner when the merge is taken back', async () => {
    await crew(app);
    const winner = await assignedLead(app);
    const loser = await assignedLead(app);
    await app.announce(...merged(winner.leadId, loser.leadId));
    await app.announce(...unmerged(winner.leadId, loser.leadId));
    await eventually(() => ownerOf(app, loser.leadId));
    expect(await ownerOf(app, winner.leadId)).toMatchObject({ assignmentId: winner.assignmentId });
    expect(await brokenLaws(app)).toEqual([]);
  });
});

describe('a person to forget', () => {
  let app: RoutingApp;

  beforeAll(async () => {
    app = await routingApp();
  });
  afterAll(() => app.close());

  it('leaves nobody’s inbox with their details, and what comes later brings nothing back', async () => {
    await crew(app);
    const owned = await assignedLead(app);
    await app.call('POST', `/api/routing/assignments/${owned.assignmentId}/contacts`, {
      channel: 'call',
      outcome: 'NRP',
      note: 'Ada said',
    });
    await app.announce(erased(owned.leadId));
    await app.announce(scored(owned.leadId, { revision: 9 }));
    await app.settled();
    expect(await ownerOf(app, owned.leadId)).toBeNull();
    const stored = await app.db.query<{ held: string }>(
      `select coalesce(string_agg(row_to_json(lead)::text, ''), '') || coalesce((select string_agg(row_to_json(contact)::text, '') from routing.contact where lead_id = $1), '') as held
       from routing.lead where id = $1`,
      [owned.leadId],
    );
    expect(stored[0]?.held).not.toMatch(/Ada|example\.org/);
    expect(await app.said(owned.leadId, LeadAssigned)).toHaveLength(1);
    expect(await brokenLaws(app)).toEqual([]);
  });

  it('is forgotten before they were ever heard of', async () => {
    await crew(app);
    const leadId = anId<LeadId>();
    await app.announce(erased(leadId));
    await app.announce(scored(leadId));
    await app.settled();
    expect(await app.said(leadId, LeadAssigned)).toEqual([]);
  });
});

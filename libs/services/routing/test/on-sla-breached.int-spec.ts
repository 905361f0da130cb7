import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LeadAssigned, LeadStageChanged } from '@relance/events';
import { breached, assignedLead, brokenLaws, crew, ownerOf, routingApp } from './routing-app.js';
import type { Owned, RoutingApp } from './routing-app.js';

describe('a broken promise', () => {
  let app: RoutingApp;

  beforeAll(async () => {
    app = await routingApp();
  });
  afterAll(() => app.close());

  async function silence(owned: Owned, over: object = {}): Promise<Owned | null> {
    await app.announce(breached(owned, over));
    await app.settled();
    return ownerOf(app, owned.leadId);
  }

  it('moves the lead on to someone who has not had it, in the same round', async () => {
    const { members } = await crew(app);
    let owned = await assignedLead(app);
    const had = [owned.member];
    for (const _ of [1, 2]) {
      const next = await silence(owned);
      expect(had).not.toContain(next?.member);
      expect(next?.round).toBe(1);
      owned = next ?? owned;
      had.push(owned.member);
    }
    expect(had.sort()).toEqual([...members].sort());
    expect((await app.said(owned.leadId, LeadAssigned)).map((said) => said.data.kind)).toEqual([
      'first',
      'reassigned',
      'reassigned',
    ]);
    expect(await app.said(owned.leadId, LeadStageChanged)).toEqual([]);
    expect(await brokenLaws(app)).toEqual([]);
  });

  it('says that an accepted lead fell silent', async () => {
    await crew(app);
    const owned = await assignedLead(app);
    await app.call('POST', `/api/routing/assignments/${owned.assignmentId}/accept`);
    await silence(owned);
    expect((await app.said(owned.leadId, LeadStageChanged)).at(-1)?.data).toMatchObject({
      from: 'sal',
      to: 'mql',
      move: 'silence',
      endsAssignment: true,
    });
  });

  it('a contact that was recorded first wins', async () => {
    await crew(app);
    const owned = await assignedLead(app);
    await app.call('POST', `/api/routing/assignments/${owned.assignmentId}/contacts`, {
      channel: 'call',
      outcome: 'NRP',
    });
    expect(await silence(owned)).toMatchObject({ assignmentId: owned.assignmentId });
  });

  it('a contact below the grade that was asked does not', async () => {
    await crew(app);
    const owned = await assignedLead(app);
    await app.call('POST', `/api/routing/assignments/${owned.assignmentId}/contacts`, {
      channel: 'call',
      outcome: 'NRP',
    });
    expect((await silence(owned, { evidence: 'B' }))?.member).not.toBe(owned.member);
  });

  it.each([
    [
      'names an assignment that is over',
      async (owned: Owned) => ({ ...owned, assignmentId: '00000000-0000-7000-8000-000000000001' }),
      {},
    ],
    ['belongs to an earlier round', async (owned: Owned) => ({ ...owned, round: 7 }), {}],
    ['asks for nothing but an alert', async (owned: Owned) => owned, { actions: ['alert'] }],
  ])('leaves the lead where it is when it %s', async (_when, about, over) => {
    await crew(app);
    const owned = await assignedLead(app);
    expect(await silence(await about(owned), over)).toMatchObject({ assignmentId: owned.assignmentId });
  });

  it('goes to the manager when everyone had it, and stays there', async () => {
    const { manager } = await crew(app, { reps: 1, hasManager: true });
    const owned = await assignedLead(app);
    const withManager = await silence(owned);
    expect(withManager?.member).toBe(manager);
    expect((await app.said(owned.leadId, LeadAssigned)).at(-1)?.data.kind).toBe('returned-to-manager');
    expect(await silence(withManager ?? owned)).toEqual(withManager);
  });

  it('goes to the manager after so many reassignments, whoever is left', async () => {
    const { manager } = await crew(app, { reps: 6, hasManager: true });
    let owned = await assignedLead(app);
    for (const _ of [1, 2, 3]) owned = (await silence(owned)) ?? owned;
    expect(owned.member).not.toBe(manager);
    expect((await silence(owned))?.member).toBe(manager);
  });
});

describe('a broken promise where there is no manager', () => {
  let app: RoutingApp;

  beforeAll(async () => {
    app = await routingApp();
  });
  afterAll(() => app.close());

  it('stays with whoever has it when all had it, and the record says so', async () => {
    await crew(app, { reps: 1 });
    const owned = await assignedLead(app);
    await app.announce(breached(owned));
    await app.settled();
    expect(await ownerOf(app, owned.leadId)).toEqual(owned);
    const { json } = await app.call('GET', `/api/routing/leads/${owned.leadId}/decisions`);
    expect(json.items[1]).toMatchObject({
      kind: 'silence: stays',
      chosen: null,
      why: expect.stringContaining('stays where it is'),
    });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LeadAssigned, LeadContacted, LeadHeld, LeadNurtured, LeadStageChanged } from '@relance/events';
import type { LeadId } from '@relance/lead';
import { anId, eventually } from '@relance/testing';
import type { TestAnswer } from '@relance/testing';
import { aKey, assignedLead, brokenLaws, crew, fine, ownerOf, routingApp, saveMember, scored } from './routing-app.js';
import type { Owned, RoutingApp } from './routing-app.js';

describe('the work of owners', () => {
  let app: RoutingApp;

  beforeAll(async () => {
    app = await routingApp();
  });
  afterAll(() => app.close());

  const act = (owned: Owned, verb: string, body?: object, options?: object): Promise<TestAnswer> =>
    app.call('POST', `/api/routing/assignments/${owned.assignmentId}/${verb}`, body, options);

  async function tokenOf(role: string, member?: string): Promise<string> {
    const { json } = await fine(
      app.call('POST', '/api/desk/tokens', { name: 'test', role, ...(member ? { member } : {}) }),
    );
    return json.token;
  }

  it('a first contact accepts, and is told with its grade', async () => {
    await crew(app);
    const owned = await assignedLead(app);
    const answer = await act(owned, 'contacts', {
      channel: 'call',
      outcome: 'RAPP',
      note: 'call back',
      nextFollowUpAt: '2027-01-05T09:00:00Z',
    });
    expect([answer.status, answer.json]).toEqual([
      201,
      { contactId: expect.any(String), assignment: 'current', owner: owned.member },
    ]);

    const said = (await app.said(owned.leadId)).slice(-2);
    expect(said.map((event) => event.type)).toEqual(['lead.contacted', 'lead.stage-changed']);
    expect((await app.said(owned.leadId, LeadContacted))[0]?.data).toMatchObject({
      assignmentId: owned.assignmentId,
      round: 1,
      assignment: 'current',
      member: owned.member,
      recordedBy: 'administrator',
      grade: 'B',
    });
    expect((await app.said(owned.leadId, LeadStageChanged))[0]?.data).toMatchObject({
      from: 'mql',
      to: 'sal',
      move: 'accept',
      by: 'administrator',
      endsAssignment: false,
    });
  });

  it('a contact with the same Idempotency-Key is recorded once', async () => {
    await crew(app);
    const owned = await assignedLead(app);
    const options = { headers: { 'idempotency-key': aKey('contact') } };
    const first = await act(owned, 'contacts', { channel: 'call', outcome: 'NRP' }, options);
    const second = await act(owned, 'contacts', { channel: 'call', outcome: 'NRP' }, options);
    expect([second.status, second.json]).toEqual([201, first.json]);
    expect(await app.said(owned.leadId, LeadContacted)).toHaveLength(1);
  });

  it.each([
    [{ channel: 'call', outcome: 'NOPE' }, ['/outcome']],
    [{ channel: 'call', outcome: 'NRP', at: '2099-01-01T00:00:00Z' }, ['/at']],
    [{ channel: 'pigeon' }, ['/channel', '/outcome']],
  ])('refuses the contact %j and names %j', async (contact, pointers) => {
    await crew(app);
    const answer = await act(await assignedLead(app), 'contacts', contact);
    expect(answer.status).toBe(422);
    expect(answer.json.errors.map((error: { pointer: string }) => error.pointer)).toEqual(pointers);
  });

  it.each([
    ['accept', {}, 'sal', false],
    ['qualify', {}, 'sql', false],
    ['won', {}, 'won', true],
    ['lost', { reason: 'price' }, 'lost', true],
    ['stop', { reason: 'asked us to' }, 'stopped', true],
    ['reject', { reason: 'competitor' }, 'disqualified', true],
    ['return', { reason: 'timing', resumeAt: '2099-02-01' }, 'recycled', true],
  ])('%s %j leads to %s', async (verb, body, stage, endsAssignment) => {
    await crew(app);
    const owned = await assignedLead(app);
    const answer = await act(owned, verb, body);
    expect([answer.status, answer.json]).toEqual([
      200,
      { assignmentId: owned.assignmentId, leadId: owned.leadId, stage, owner: endsAssignment ? null : owned.member },
    ]);
    expect((await app.said(owned.leadId, LeadStageChanged)).map((said) => said.data)).toEqual([
      expect.objectContaining({
        from: 'mql',
        to: stage,
        move: verb,
        assignmentId: owned.assignmentId,
        member: owned.member,
        endsAssignment,
      }),
    ]);
    // Said again, it changes nothing.
    expect((await act(owned, verb, body)).status).toBe(200);
    expect(await app.said(owned.leadId, LeadStageChanged)).toHaveLength(1);
    expect(await brokenLaws(app)).toEqual([]);
  });

  it('a returned lead goes to marketing with its date and details, and comes back when its rest is over', async () => {
    await crew(app);
    const owned = await assignedLead(app);
    await act(owned, 'return', { reason: 'timing', resumeAt: '2099-02-01', note: 'spring' });
    expect((await app.said(owned.leadId, LeadNurtured))[0]?.data).toMatchObject({
      reason: 'timing',
      resumeAt: '2099-02-01',
      facts: { person: { fullName: 'Ada Lovelace' } },
    });
    // A better score alone does not wake it; somebody who asks does.
    await app.announce(scored(owned.leadId, { revision: 2, submissionId: undefined as never }));
    await app.settled();
    expect(await ownerOf(app, owned.leadId)).toBeNull();
    await app.announce(scored(owned.leadId, { revision: 3 }));
    const again = await eventually(() => ownerOf(app, owned.leadId));
    expect(again.round).toBe(2);
  });

  it('gives a turn back for a lead that was none', async () => {
    const { team } = await crew(app);
    const owned = await assignedLead(app);
    await act(owned, 'reject', { reason: 'spam' });
    const { json } = await app.call('GET', `/api/routing/pools/${team}/ledger`);
    expect(json.items).toContainEqual(expect.objectContaining({ member: owned.member, assigned: 1, credits: 1 }));
  });

  it('a lead taken away: verbs answer 409 with the owner, contacts are recorded all the same', async () => {
    const { members } = await crew(app, { reps: 2 });
    const owned = await assignedLead(app);
    const next = members.find((key) => key !== owned.member) ?? '';
    expect((await act(owned, 'reassign', { to: next })).json).toMatchObject({ owner: next });
    const refused = await act(owned, 'accept', { note: 'I just called them' });
    expect([refused.status, refused.headers.get('content-type'), refused.json]).toEqual([
      409,
      expect.stringContaining('application/problem+json'),
      expect.objectContaining({ code: 'routing.assignment-over', owner: next }),
    ]);
    const notes = await app.db.query('select note, was_refused from routing.work where lead_id = $1', [owned.leadId]);
    expect(notes).toEqual([{ note: 'I just called them', was_refused: true }]);

    const contact = await act(owned, 'contacts', { channel: 'call', outcome: 'NRP' });
    expect([contact.status, contact.json]).toEqual([
      201,
      expect.objectContaining({ assignment: 'superseded', owner: next }),
    ]);
    expect((await app.said(owned.leadId, LeadContacted))[0]?.data).toMatchObject({
      assignment: 'superseded',
      member: owned.member,
    });
    expect(await app.said(owned.leadId, LeadStageChanged)).toEqual([]);
    expect((await app.said(owned.leadId, LeadAssigned)).at(-1)?.data).toMatchObject({
      kind: 'manual',
      member: next,
      previous: { assignmentId: owned.assignmentId },
    });
  });

  it('refuses what is unknown, not theirs, not allowed, or against the stages', async () => {
    const { members } = await crew(app, { reps: 2 });
    const owned = await assignedLead(app);
    const other = members.find((key) => key !== owned.member) ?? '';
    const statusOf = async (answer: Promise<TestAnswer>): Promise<number> => (await answer).status;
    const mine = { token: await tokenOf('rep', owned.member) };
    const theirs = { token: await tokenOf('rep', other) };

    expect(await statusOf(act({ ...owned, assignmentId: anId() }, 'accept'))).toBe(404);
    expect(await statusOf(act(owned, 'accept', {}, theirs))).toBe(403);
    expect(await statusOf(act(owned, 'contacts', { channel: 'call', outcome: 'NRP' }, theirs))).toBe(403);
    expect(await statusOf(act(owned, 'reassign', { to: other }, mine))).toBe(403);
    expect(await statusOf(act(owned, 'accept', {}, { token: await tokenOf('reader') }))).toBe(403);
    expect(await statusOf(act(owned, 'reassign', { to: 'nobody' }))).toBe(422);
    expect(await statusOf(act(owned, 'return', { reason: 'timing', resumeAt: '2001-01-01' }))).toBe(422);
    expect(await statusOf(act(owned, 'reject', { reason: 'ugly' }))).toBe(422);

    expect(await statusOf(act(owned, 'accept', undefined, mine))).toBe(200);
    expect((await app.said(owned.leadId, LeadStageChanged))[0]?.data.by).toBe(owned.member);
  });

  it('a released lead goes to somebody else, and waits when there is nobody', async () => {
    await crew(app, { reps: 2 });
    const owned = await assignedLead(app);
    await act(owned, 'accept');
    const released = await act(owned, 'release');
    const next = await ownerOf(app, owned.leadId);
    expect(next?.member).not.toBe(owned.member);
    expect(released.json).toMatchObject({ owner: next?.member, stage: 'mql' });
    expect((await app.said(owned.leadId, LeadAssigned)).at(-1)?.data).toMatchObject({
      kind: 'reassigned',
      round: 1,
      previous: { member: owned.member },
    });
    expect((await app.said(owned.leadId, LeadStageChanged)).at(-1)?.data).toMatchObject({
      from: 'sal',
      to: 'mql',
      move: 'silence',
      reason: 'released',
    });
    expect(await brokenLaws(app)).toEqual([]);
  });

  it('deactivating a member releases their open work with a reason', async () => {
    const { members, team } = await crew(app, { reps: 2 });
    const leads = await Promise.all(Array.from({ length: 6 }, () => assignedLead(app)));
    const gone = members[0] ?? '';
    const theirs = leads.filter((owned) => owned.member === gone);
    expect(theirs.length).toBeGreaterThan(0);
    await saveMember(app, gone, { team, active: false });
    for (const { leadId } of theirs) {
      expect((await ownerOf(app, leadId))?.member).toBe(members[1]);
      expect((await app.said(leadId, LeadAssigned)).at(-1)?.data).toMatchObject({
        kind: 'reassigned',
        previous: { member: gone },
      });
    }
    // And with nobody left, they wait.
    await saveMember(app, members[1] ?? '', { team, active: false });
    const [first] = theirs;
    expect(await ownerOf(app, first?.leadId as LeadId)).toBeNull();
    expect(await app.said(first?.leadId as LeadId, LeadHeld)).toHaveLength(1);
    expect((await app.said(first?.leadId as LeadId, LeadStageChanged)).at(-1)?.data).toMatchObject({
      reason: 'deactivated',
      endsAssignment: true,
    });
    expect(await brokenLaws(app)).toEqual([]);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LeadErased, LeadMerged, LeadUnmerged, announceNew } from '@relance/events';
import type { LeadFacts, LeadId } from '@relance/lead';
import { anId } from '@relance/testing';
import { NurtureApp, factsOf, hours, nurtured, wednesday } from './nurture-app.js';

let nurture: NurtureApp;

beforeAll(async () => {
  nurture = await NurtureApp.start();
});

beforeEach(() => nurture.clock.moveTo(wednesday));

afterAll(() => nurture.app.close());

/** Sends a first letter of a track of two, and gives the path of its link. */
async function linkTo(leadId: LeadId, facts: LeadFacts): Promise<string> {
  await nurture.announce(nurtured(leadId, facts, { track: 'two' }));
  await nurture.runAt(hours(1), leadId);
  const [letter = ''] = await nurture.lettersTo(facts);
  return /<http[^>]+(\/u\/[\w-]+)>/.exec(letter.replace(/\r\n[ \t]/g, ''))?.[1] ?? '';
}

beforeAll(async () => {
  const [{ templates } = { templates: {} }] = (await nurture.app.call('GET', '/api/nurture/tracks')).json.items;
  const letter = { email: { template: 'welcome' } };
  const two = { name: 'Two', steps: [letter, { wait: 'P2D' }, letter], templates };
  expect((await nurture.app.call('PUT', '/api/nurture/tracks/two', two)).status).toBe(201);
});

describe('the link in a letter', () => {
  it('asks when it is opened, and unsubscribes when the button is pressed, once', async () => {
    const leadId = anId<LeadId>();
    const facts = factsOf();
    const link = await linkTo(leadId, facts);

    for (const headers of [{}, { 'accept-language': 'fr' }]) {
      const asked = await nurture.app.call('GET', link, undefined, { token: null, headers });
      expect(asked.status).toBe(200);
      expect(asked.text).toContain('<form method="post">');
      expect(asked.headers.get('cache-control')).toBe('no-store');
    }
    expect(await nurture.engagements(leadId)).toEqual([]);

    for (const body of ['', 'List-Unsubscribe=One-Click']) {
      const done = await nurture.app.call('POST', link, body, { token: null });
      expect([done.status, done.text.includes('You are unsubscribed')]).toEqual([200, true]);
    }
    await nurture.runAt(hours(24 * 7), leadId);

    expect(await nurture.lettersTo(facts)).toHaveLength(1);
    expect(await nurture.engagements(leadId)).toEqual(['email.unsubscribed']);
    expect(await nurture.told(leadId)).toEqual(['enrolled not-ready', 'letter-sent welcome', 'unsubscribed']);
    expect(await nurture.enrolments(leadId)).toMatchObject([{ status: 'ended', endReason: 'unsubscribed' }]);
  });

  it('takes one click of a mail program, as multipart too', async () => {
    const leadId = anId<LeadId>();
    const link = await linkTo(leadId, factsOf());
    const body = new FormData();
    body.set('List-Unsubscribe', 'One-Click');
    expect((await nurture.app.call('POST', link, body, { token: null })).status).toBe(200);
    expect(await nurture.engagements(leadId)).toEqual(['email.unsubscribed']);
  });

  it('holds for the address, whatever lead it comes back as', async () => {
    const facts = factsOf();
    const link = await linkTo(anId<LeadId>(), facts);
    await nurture.app.call('POST', link, '', { token: null });

    const leadId = anId<LeadId>();
    const shouting = factsOf({}, { email: facts.person.email?.toUpperCase() ?? '' });
    await nurture.announce(nurtured(leadId, shouting));
    await nurture.runAt(hours(100), leadId);
    expect(await nurture.told(leadId)).toContain('ended suppressed');
    expect(await nurture.lettersTo(shouting)).toEqual([]);
  });

  it('is nothing when it is forged', async () => {
    const leadId = anId<LeadId>();
    const link = await linkTo(leadId, factsOf());
    const forged = link.slice(0, -1) + (link.endsWith('A') ? 'B' : 'A');
    for (const path of [forged, '/u/x', `/u/${'A'.repeat(64)}`]) {
      expect((await nurture.app.call('GET', path, undefined, { token: null })).status).toBe(404);
      expect((await nurture.app.call('POST', path, '', { token: null })).status).toBe(404);
    }
    expect(await nurture.engagements(leadId)).toEqual([]);
  });
});

describe('suppressions', () => {
  it('are said by address, listed by hash, and end every track', async () => {
    const leadId = anId<LeadId>();
    const facts = factsOf();
    await nurture.announce(nurtured(leadId, facts));
    const body = { email: facts.person.email, reason: 'complaint' };
    const { status, json } = await nurture.app.call('POST', '/api/nurture/suppressions', body);
    expect(status).toBe(201);

    const listed = await nurture.app.call('GET', '/api/nurture/suppressions');
    expect(listed.json.items).toContainEqual({
      emailHash: json.emailHash,
      reason: 'complaint',
      at: wednesday.toISOString(),
    });
    expect(JSON.stringify(listed.json)).not.toContain('@');
    expect((await nurture.told(leadId)).at(-1)).toBe('ended complaint');
    expect((await nurture.app.call('POST', '/api/nurture/suppressions', { email: 'x', reason: 'y' })).status).toBe(422);
  });
});

describe('tracks', () => {
  it('are replaced for those who come; who is inside keeps theirs', async () => {
    const leadId = anId<LeadId>();
    const facts = factsOf();
    const [{ templates } = { templates: {} }] = (await nurture.app.call('GET', '/api/nurture/tracks')).json.items;
    const track = { name: 'Kept', steps: [{ wait: 'PT1H' }, { email: { template: 'welcome' } }], templates };
    expect((await nurture.app.call('PUT', '/api/nurture/tracks/kept', track)).json).toMatchObject({ version: 1 });
    await nurture.announce(nurtured(leadId, facts, { track: 'kept' }));

    const emptied = { ...track, steps: [{ exit: true }], templates: {} };
    const stale = await nurture.app.call('PUT', '/api/nurture/tracks/kept', emptied, {
      headers: { 'if-match': '"7"' },
    });
    expect(stale.status).toBe(412);
    const replaced = await nurture.app.call('PUT', '/api/nurture/tracks/kept', emptied, {
      headers: { 'if-match': '"1"' },
    });
    expect([replaced.status, replaced.json.version]).toEqual([200, 2]);
    await nurture.runAt(hours(1), leadId);

    expect(await nurture.lettersTo(facts)).toHaveLength(1);
    expect(await nurture.enrolments(leadId)).toMatchObject([{ trackVersion: 1, endReason: 'completed' }]);
  });

  it('name what is wrong with them', async () => {
    const wrong = { name: 'Wrong', steps: [{ email: { template: 'nobody-wrote-it' } }], templates: {} };
    const { status, json } = await nurture.app.call('PUT', '/api/nurture/tracks/wrong', wrong);
    expect([status, json.errors[0].pointer]).toEqual([422, '/steps/0/email/template']);
  });
});

describe('who a lead is', () => {
  const said = (definition: typeof LeadMerged | typeof LeadUnmerged, winnerId: LeadId, loserId: LeadId) =>
    [winnerId, loserId].map((leadId) =>
      announceNew(definition, { by: 'ingestion', at: wednesday, data: { leadId, winnerId, loserId } }),
    );

  it('takes the loser along in a merge, and back when it is taken back', async () => {
    const winnerId = anId<LeadId>();
    const loserId = anId<LeadId>();
    await nurture.announce(nurtured(loserId, factsOf()), ...said(LeadMerged, winnerId, loserId));
    expect(await nurture.enrolments(winnerId)).toMatchObject([{ status: 'active' }]);

    await nurture.announce(nurtured(loserId, factsOf()));
    expect(await nurture.enrolments(winnerId)).toHaveLength(1);
    expect(await nurture.enrolments(loserId)).toEqual([]);

    await nurture.announce(...said(LeadUnmerged, winnerId, loserId));
    expect(await nurture.enrolments(winnerId)).toEqual([]);
    expect(await nurture.enrolments(loserId)).toMatchObject([{ status: 'active' }]);
  });

  it('goes on with one of two enrolments in the same track', async () => {
    const winnerId = anId<LeadId>();
    const loserId = anId<LeadId>();
    const facts = factsOf();
    await nurture.announce(
      nurtured(winnerId, facts),
      nurtured(loserId, factsOf()),
      ...said(LeadMerged, winnerId, loserId),
    );
    expect(await nurture.told(loserId)).toEqual(['enrolled not-ready', 'ended merged']);
    await nurture.runAt(hours(1), winnerId);
    expect(await nurture.lettersTo(facts)).toHaveLength(1);
  });

  it('forgets who is erased, and hears no more of them', async () => {
    const leadId = anId<LeadId>();
    const facts = factsOf();
    const link = await linkTo(leadId, facts);
    await nurture.announce(announceNew(LeadErased, { by: 'ingestion', at: wednesday, data: { leadId } }));
    await nurture.announce(nurtured(leadId, facts));
    await nurture.runAt(hours(100), leadId);

    const kept = await nurture.app.db.query('select facts, email_hash from nurture.enrolment where lead_id = $1', [
      leadId,
    ]);
    expect(kept).toEqual([{ facts: null, email_hash: null }]);
    expect(await nurture.app.db.query('select email_hash from nurture.send where lead_id = $1', [leadId])).toEqual([
      { email_hash: null },
    ]);
    expect(await nurture.lettersTo(facts)).toHaveLength(1);
    expect((await nurture.app.call('POST', link, '', { token: null })).status).toBe(200);
  });
});

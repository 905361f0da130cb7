import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AssignmentId, LeadId } from '@relance/lead';
import { anId, eventually } from '@relance/testing';
import { NurtureApp, assigned, contacted, factsOf, hours, moved, nurtured, wednesday } from './nurture-app.js';

let nurture: NurtureApp;

beforeAll(async () => {
  nurture = await NurtureApp.start();
});

beforeEach(() => nurture.clock.moveTo(wednesday));

afterAll(() => nurture.app.close());

describe('a lead that is not ready', () => {
  it('gets one letter an hour later, with a way out, and has had the track', async () => {
    const leadId = anId<LeadId>();
    const facts = factsOf();
    await nurture.announce(nurtured(leadId, facts));
    await nurture.runAt(hours(0.9), leadId);
    expect(await nurture.lettersTo(facts)).toEqual([]);

    await nurture.runAt(hours(1), leadId);

    const [letter = '', ...more] = await nurture.lettersTo(facts);
    expect(more).toEqual([]);
    const unfolded = letter.replace(/\r\n[ \t]/g, ' ').replace(/=\r\n/g, '');
    expect(unfolded).toContain('Subject: Thank you for getting in touch, Ada');
    expect(unfolded).toMatch(new RegExp(`List-Unsubscribe: <${nurture.app.origin}/u/[\\w-]{64}>`));
    expect(unfolded).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
    expect(unfolded).toContain('Engines SA, 1 rue de la Paix, Paris');
    expect(unfolded).toContain('text/plain');
    expect(unfolded).toContain('text/html');
    expect(await nurture.told(leadId)).toEqual(['enrolled not-ready', 'letter-sent welcome', 'ended completed']);

    await nurture.announce(nurtured(leadId, facts));
    await nurture.runAt(hours(30), leadId);
    expect(await nurture.lettersTo(facts)).toHaveLength(1);
    expect((await nurture.told(leadId)).at(-1)).toBe('ended had-this-track');
  });

  it('is written to in French if that is its language', async () => {
    const leadId = anId<LeadId>();
    const facts = factsOf({}, { language: 'fr-BE', firstName: 'Éléonore' });
    await nurture.announce(nurtured(leadId, facts));
    await nurture.runAt(hours(1), leadId);

    const [letter = ''] = await nurture.lettersTo(facts);
    expect(letter).toContain('lang=3D"fr"');
  });

  it('is written to on the day it asked for, as that day begins where it lives', async () => {
    const leadId = anId<LeadId>();
    const facts = factsOf({}, { country: 'GU' });
    await nurture.announce(nurtured(leadId, facts, { resumeAt: '2025-12-01' }));
    expect(await nurture.enrolments(leadId)).toMatchObject([
      { status: 'active', resumeAt: '2025-12-01', dueAt: '2025-11-30T15:00:00.000Z' },
    ]);

    await nurture.runAt(new Date('2025-11-30T15:00:00Z'), leadId);
    await nurture.runAt(new Date('2025-11-30T22:59:00Z'), leadId);
    expect(await nurture.lettersTo(facts)).toEqual([]);
    await nurture.runAt(new Date('2025-11-30T23:00:00Z'), leadId);

    expect(await nurture.lettersTo(facts)).toHaveLength(1);
    expect(await nurture.told(leadId)).toEqual([
      'enrolled not-ready',
      'letter-refused welcome quiet-hours',
      'letter-sent welcome',
      'ended completed',
    ]);
  });

  it.each([
    { what: 'a test', facts: factsOf({ test: true }), reason: 'test-lead' },
    {
      what: 'without an address',
      facts: { ...factsOf(), person: { firstName: 'Ada' } },
      reason: 'no-address',
    },
  ])('is not enrolled when it is $what, and that is told', async ({ facts, reason }) => {
    const leadId = anId<LeadId>();
    await nurture.announce(nurtured(leadId, facts));
    expect(await nurture.told(leadId)).toEqual([`ended ${reason}`]);
    expect(await nurture.enrolments(leadId)).toMatchObject([{ status: 'ended', endReason: reason, dueAt: null }]);
  });

  it('is in one track once, however often it comes', async () => {
    const leadId = anId<LeadId>();
    const facts = factsOf();
    const again = nurtured(leadId, facts);
    await nurture.announce(nurtured(leadId, facts), again, again, nurtured(leadId, facts, { track: 'nobody-knows' }));
    await nurture.runAt(hours(1), leadId);
    expect(await nurture.enrolments(leadId)).toHaveLength(1);
    expect(await nurture.lettersTo(facts)).toHaveLength(1);
  });
});

describe('the guards', () => {
  it('end the track of who gave no consent, and say so once', async () => {
    const leadId = anId<LeadId>();
    const facts = factsOf({ consents: [] });
    await nurture.announce(nurtured(leadId, facts));
    await nurture.runAt(hours(1), leadId);
    expect(await nurture.told(leadId)).toEqual([
      'enrolled not-ready',
      'letter-refused welcome no-consent',
      'ended no-consent',
    ]);
    expect(await nurture.lettersTo(facts)).toEqual([]);
  });

  it('suspend every track while somebody owns the lead, and count the days since they spoke', async () => {
    const leadId = anId<LeadId>();
    const facts = factsOf();
    const assignmentId = anId<AssignmentId>();
    await nurture.announce(nurtured(leadId, facts), assigned(leadId, assignmentId), contacted(leadId, wednesday));
    await nurture.runAt(hours(30), leadId);
    expect(await nurture.enrolments(leadId)).toMatchObject([{ status: 'suspended' }]);

    await nurture.announce(moved(leadId, 'recycled', assignmentId), nurtured(leadId, facts));
    await nurture.runAt(hours(31), leadId);
    await nurture.announce(contacted(leadId, hours(48)));
    await nurture.runAt(hours(5 * 24), leadId);
    expect(await nurture.lettersTo(facts)).toEqual([]);
    await nurture.runAt(hours(7 * 24), leadId);

    expect(await nurture.lettersTo(facts)).toHaveLength(1);
    expect(await nurture.told(leadId)).toEqual([
      'enrolled not-ready',
      'suspended open-assignment',
      'resumed',
      'letter-refused welcome human-contact',
      'letter-sent welcome',
      'ended completed',
    ]);
  });

  it.each(['won', 'lost', 'disqualified', 'stopped'] as const)(
    'end every track of a lead that is %s',
    async (stage) => {
      const leadId = anId<LeadId>();
      const facts = factsOf();
      await nurture.announce(nurtured(leadId, facts), moved(leadId, stage));
      await nurture.runAt(hours(1), leadId);
      expect(await nurture.told(leadId)).toEqual(['enrolled not-ready', `ended ${stage}`]);
      expect(await nurture.lettersTo(facts)).toEqual([]);
    },
  );

  it('let through one letter a day, of all tracks together', async () => {
    const leadId = anId<LeadId>();
    const facts = factsOf();
    const track = `second-${anId().slice(-8)}`;
    const [{ templates } = { templates: {} }] = (await nurture.app.call('GET', '/api/nurture/tracks')).json.items;
    const second = { name: 'Second', steps: [{ wait: 'PT1H' }, { email: { template: 'welcome' } }], templates };
    expect((await nurture.app.call('PUT', `/api/nurture/tracks/${track}`, second)).status).toBe(201);
    await nurture.announce(nurtured(leadId, facts), nurtured(leadId, facts, { track }));

    await nurture.runAt(hours(1), leadId);
    expect(await nurture.lettersTo(facts)).toHaveLength(1);
    await nurture.runAt(hours(24.9), leadId);
    expect(await nurture.lettersTo(facts)).toHaveLength(1);
    await nurture.runAt(hours(25), leadId);

    expect(await nurture.lettersTo(facts)).toHaveLength(2);
    expect((await nurture.told(leadId)).filter((told) => told.endsWith('frequency-cap'))).toHaveLength(1);
  });
});

describe('between sending and noting', () => {
  it('sends again under the same Message-ID after a crash', async () => {
    const leadId = anId<LeadId>();
    const facts = factsOf();
    await nurture.announce(nurtured(leadId, facts));
    await nurture.app.db.query(
      `alter table nurture.send add constraint crash check (status <> 'sent' or lead_id <> '${leadId}')`,
    );
    nurture.clock.moveTo(hours(1));
    await nurture.app.db.query('update nurture.enrolment set due_at = $2 where lead_id = $1', [leadId, hours(1)]);
    await nurture.announce(nurtured(leadId, facts));
    await eventually(async () => (await nurture.lettersTo(facts)).length === 1);
    const [before] = (await nurture.app.call('GET', `/api/nurture/sends?leadId=${leadId}`)).json.items;
    expect(before).toMatchObject({ status: 'pending', attempt: 1 });

    await nurture.app.db.query('alter table nurture.send drop constraint crash');
    await nurture.runAt(hours(1.05), leadId);

    const sends = (await nurture.app.call('GET', `/api/nurture/sends?leadId=${leadId}`)).json.items;
    expect(sends).toMatchObject([{ sendId: before.sendId, messageId: before.messageId, status: 'sent', attempt: 1 }]);
    const letters = await nurture.lettersTo(facts);
    expect(letters).toHaveLength(1);
    expect(letters[0]).toContain(before.messageId);
    expect(await nurture.told(leadId)).toEqual(['enrolled not-ready', 'letter-sent welcome', 'ended completed']);
  });

  it('waits for a mail server that is out of reach', async () => {
    const leadId = anId<LeadId>();
    const facts = factsOf();
    const outbox = join(nurture.app.dataDirectory, 'outbox');
    await rm(outbox, { recursive: true, force: true });
    await writeFile(outbox, 'in the way');
    await nurture.announce(nurtured(leadId, facts));
    await nurture.runAt(hours(1), leadId);
    expect(await nurture.enrolments(leadId)).toMatchObject([
      { status: 'active', dueAt: hours(1 + 5 / 60).toISOString() },
    ]);

    await rm(outbox);
    await nurture.runAt(hours(1 + 5 / 60), leadId);
    expect(await nurture.lettersTo(facts)).toHaveLength(1);
    const { items } = (await nurture.app.call('GET', `/api/nurture/sends?leadId=${leadId}`)).json;
    expect(items).toMatchObject([{ status: 'sent', attempt: 1 }]);
  });

  it('ends with an address that is none', async () => {
    const leadId = anId<LeadId>();
    await nurture.announce(nurtured(leadId, factsOf({}, { email: 'call me' })));
    await nurture.runAt(hours(1), leadId);
    expect((await nurture.told(leadId)).slice(1)).toEqual([
      'letter-refused welcome letter-invalid',
      'ended letter-invalid',
    ]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp } from '@relance/testing';
import { StarterSla } from '../src/starter-sla.js';
import { anOwned, assigned, clockIn, clocksOf, memberChanged, promise, putPolicy, startWatchdog } from './watchdog.js';

describe('the API of promises', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startWatchdog();
  });
  afterAll(() => app.close());

  it('gives a new installation the policy of the specification, once', async () => {
    const starter = app.app.get(StarterSla);
    await app.db.transaction((tx) => starter.seed(tx));
    await app.db.transaction((tx) => starter.seed(tx));
    const { status, json } = await app.call('GET', '/api/sla/policies/follow-up');
    expect([status, json.version]).toEqual([200, 1]);
    expect(json.milestones.map(({ key }: { key: string }) => key)).toEqual([
      'first-follow-up',
      'never-later-than',
      'outcome-recorded',
      'contact-cadence',
      'taken',
    ]);
  });

  it('writes a version with each change, and refuses one that was made on another', async () => {
    const first = await app.call('PUT', '/api/sla/policies/rush', promise());
    expect([first.status, first.json.version, first.headers.get('etag')]).toEqual([201, 1, '"1"']);
    const second = await app.call('PUT', '/api/sla/policies/rush', { key: 'rush', ...promise({ within: 'PT5M' }) });
    expect([second.status, second.json.version]).toEqual([200, 2]);
    const stale = await app.call('PUT', '/api/sla/policies/rush', promise(), { headers: { 'if-match': '"1"' } });
    expect([stale.status, stale.json.code]).toEqual([412, 'version-mismatch']);
    const shown = await app.call('GET', '/api/sla/policies/rush');
    expect(shown.json).toEqual(second.json);
    expect(shown.headers.get('etag')).toBe('"2"');
    expect((await app.call('GET', '/api/sla/policies/none')).status).toBe(404);
    const { json } = await app.call('GET', '/api/sla/policies');
    expect(json.items.map(({ key }: { key: string }) => key)).toContain('rush');
  });

  it.each([
    { says: 'half a duration', policy: promise({ within: '30 min' }), pointer: '/milestones/0/within' },
    { says: 'another key', policy: { ...promise(), key: 'other' }, pointer: '/key' },
    {
      says: 'an unknown field',
      policy: { ...promise(), when: { field: 'person.emil', operator: '=', value: 'x' } },
      pointer: '/when/field',
    },
    {
      says: 'an unknown action',
      policy: promise({ onBreach: [{ after: 'PT0S', do: 'shout' }] }),
      pointer: '/milestones/0/onBreach/0/do',
    },
  ])('refuses a policy with $says, and says where', async ({ policy, pointer }) => {
    const { status, json } = await app.call('PUT', '/api/sla/policies/wrong', policy);
    expect(status).toBe(422);
    expect(json.errors.map((issue: { pointer: string }) => issue.pointer)).toContain(pointer);
  });

  it('lists broken promises, newest first, page by page', async () => {
    await putPolicy(app, { ...promise({ within: 'PT0.1S' }), position: 0 });
    const since = new Date().toISOString();
    const leads = [anOwned(), anOwned(), anOwned()];
    for (const lead of leads) {
      await app.announce(assigned(lead));
      await clockIn(app, lead.leadId, 'breached');
    }
    const path = `/api/sla/breaches?since=${since}&limit=2`;
    const { json: first } = await app.call('GET', path);
    const { json: second } = await app.call('GET', `${path}&cursor=${first.nextCursor}`);
    expect([...first.items, ...second.items].map(({ leadId }) => leadId)).toEqual(
      leads.map(({ leadId }) => leadId).reverse(),
    );
    expect(second.nextCursor).toBeNull();
    expect(first.items[0]).toMatchObject({
      leadId: leads[2]?.leadId,
      assignmentId: leads[2]?.assignmentId,
      milestone: 'first-follow-up',
      dueAt: expect.any(String),
      firedAt: expect.any(String),
      latenessMs: expect.any(Number),
      member: 'lea',
      cause: 'told-not-opened',
    });
    expect((await app.call('GET', '/api/sla/breaches?since=yesterday')).status).toBe(422);
    expect((await app.call('GET', '/api/sla/breaches?cursor=xyz')).status).toBe(422);
    const { json: later } = await app.call('GET', '/api/sla/breaches?since=2099-01-01T00:00:00Z');
    expect(later).toEqual({ items: [], nextCursor: null });
  });

  it('shows the clocks of a lead with their ledgers', async () => {
    const lead = anOwned();
    await app.announce(assigned(lead));
    const [clock] = [await clockIn(app, lead.leadId, 'breached')];
    expect(clock).toMatchObject({
      milestone: 'first-follow-up',
      assignmentId: lead.assignmentId,
      round: 1,
      member: 'lea',
      metAt: null,
      explanation: expect.stringContaining('elapsed time'),
    });
    expect(clock.ledger[0]).toMatchObject({ kind: 'started', at: clock.startedAt, recordedAt: clock.startedAt });
    expect(await clocksOf(app, anOwned().leadId)).toEqual([]);
    expect((await app.call('GET', '/api/sla/clocks?leadId=nobody')).status).toBe(422);
  });

  it('counts working time to try', async () => {
    const calendar = {
      timeZone: 'Europe/Paris',
      weekly: { mon: [['09:00', '12:00']], tue: [['09:00', '18:00']] },
      holidays: { country: 'FR', region: null },
    };
    const preview = (
      body: object,
    ): Promise<{ status: number; json: { dueAt: string; explanation: string; errors: { pointer: string }[] } }> =>
      app.call('POST', '/api/sla/working-time/preview', body);
    const counted = await preview({ calendar, start: '2026-11-21T22:00:00Z', within: 'PT30M' });
    expect([counted.status, counted.json.dueAt]).toEqual([200, '2026-11-23T08:30:00.000Z']);
    expect(counted.json.explanation).toContain('first opening Mon 09:00; + 30 min = Mon 09:30');
    const never = await preview({
      calendar: { timeZone: 'UTC', weekly: {} },
      start: '2026-11-21T22:00:00Z',
      within: 'PT30M',
    });
    expect([never.status, never.json.errors[0]?.pointer]).toEqual([422, '/calendar/weekly']);
    const past = {
      timeZone: 'UTC',
      weekly: {},
      specialDays: [{ date: '2020-01-01', intervals: [['09:00', '10:00']] }],
    };
    const over = await preview({ calendar: past, start: '2026-11-21T22:00:00Z', within: 'PT30M' });
    expect([over.status, over.json.errors[0]?.pointer]).toEqual([422, '/calendar']);
  });

  it('lists the calendars that promises are counted on', async () => {
    await app.announce(memberChanged('lea'));
    await app.settled();
    const { json } = await app.call('GET', '/api/sla/calendars');
    expect(json.items).toMatchObject([{ member: 'lea', team: 'north', calendar: { timeZone: 'Europe/Paris' } }]);
  });

  it('asks who is asking', async () => {
    const ask = async (method: string, path: string, role: string | null): Promise<number> => {
      const token =
        role === null
          ? null
          : ((await app.call('POST', '/api/desk/tokens', { name: role, role })).json.token as string);
      return (await app.call(method, path, method === 'GET' ? undefined : {}, { token })).status;
    };
    expect(await ask('GET', '/api/sla/breaches', null)).toBe(401);
    expect(await ask('GET', '/api/sla/breaches', 'reader')).toBe(200);
    expect(await ask('PUT', '/api/sla/policies/x', 'reader')).toBe(403);
    expect(await ask('PUT', '/api/sla/policies/x', 'manager')).toBe(403);
    expect(await ask('POST', '/api/sla/alerts/00000000-0000-4000-8000-000000000000/ack', 'reader')).toBe(403);
  });

  it('a repeat of a pause with its key gets the first answer, without it a conflict', async () => {
    await putPolicy(app, { ...promise({ within: 'PT30M' }), position: 0 });
    const lead = anOwned();
    await app.announce(assigned(lead));
    const { id } = await clockIn(app, lead.leadId, 'open');
    const say = (verb: string, body: object, headers: Record<string, string>): ReturnType<typeof app.call> =>
      app.call('POST', `/api/sla/clocks/${id}/${verb}`, body, { headers });
    for (const [verb, body] of [
      ['pause', { reason: 'callback-agreed' }],
      ['resume', {}],
    ] as const) {
      const key = { 'idempotency-key': `${verb} ${id}` };
      const first = await say(verb, body, key);
      const again = await say(verb, body, key);
      expect([first.status, again.status, again.text]).toEqual([200, 200, first.text]);
      expect((await say(verb, body, {})).status).toBe(409);
    }
  });

  it('a rep pauses the promises of their own leads, and nobody else’s', async () => {
    await putPolicy(app, { ...promise({ within: 'PT30M' }), position: 0 });
    const lead = anOwned();
    await app.announce(assigned(lead));
    const clock = await clockIn(app, lead.leadId, 'open');
    const as = async (member: string, verb: string): Promise<number> => {
      const made = await app.call('POST', '/api/desk/tokens', { name: member, role: 'rep', member });
      const body = verb === 'pause' ? { reason: 'callback-agreed' } : {};
      return (await app.call('POST', `/api/sla/clocks/${clock.id}/${verb}`, body, { token: made.json.token })).status;
    };

    expect(await as('marc', 'pause')).toBe(403);
    expect(await as('lea', 'pause')).toBe(200);
    expect(await as('marc', 'resume')).toBe(403);
    expect(await as('lea', 'resume')).toBe(200);
  });

  it('is ready while promises are watched', async () => {
    const { json } = await app.call('GET', '/health/ready');
    expect(json.checks['sla-watchdog']).toEqual({ isReady: true });
    const metrics = await app.call('GET', '/metrics');
    for (const name of [
      'sla_clock_open',
      'sla_fire_lateness_seconds',
      'sla_breached_total',
      'sla_sweeper_age_seconds',
    ]) {
      expect(metrics.text).toContain(name);
    }
  });
});

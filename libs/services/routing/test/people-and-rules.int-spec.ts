import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MemberChanged } from '@relance/events';
import { aKey, always, assignedLead, crew, fine, publish, routingApp, saveMember } from './routing-app.js';
import type { RoutingApp } from './routing-app.js';

describe('people', () => {
  let app: RoutingApp;

  beforeAll(async () => {
    app = await routingApp();
  });
  afterAll(() => app.close());

  const pointersOf = (json: { errors: { pointer: string }[] }): string[] =>
    json.errors.map((error) => error.pointer).sort();
  const paris = {
    timeZone: 'Europe/Paris',
    weekly: { mon: [['09:00', '18:00']] },
    holidays: { country: 'FR', region: null },
  };

  it('are made with 201, changed with 200, read with what was left out filled in', async () => {
    const team = aKey('team');
    const key = aKey('rep');
    expect((await app.call('PUT', `/api/routing/teams/${team}`, { name: 'North', calendar: always })).status).toBe(201);
    expect((await app.call('PUT', `/api/routing/teams/${team}`, { name: 'Nord', calendar: always })).status).toBe(200);
    const input = { name: 'Léa', email: 'lea@example.org', team };
    expect((await app.call('PUT', `/api/routing/members/${key}`, input)).status).toBe(201);
    const again = await app.call('PUT', `/api/routing/members/${key}`, input);
    expect([again.status, again.headers.get('etag')]).toEqual([200, '"1"']);
    const read = await app.call('GET', `/api/routing/members/${key}`);
    expect(read.json).toEqual({
      key,
      ...input,
      role: 'rep',
      weight: 1,
      openWorkCap: null,
      rateCaps: [],
      available: true,
      active: true,
      calendar: null,
      languages: [],
      namedAccounts: [],
      openWork: 0,
      version: 1,
    });
    const list = await app.call('GET', '/api/routing/members?limit=500');
    expect(list.json.items).toContainEqual(read.json);
    expect((await app.call('GET', '/api/routing/members/nobody')).status).toBe(404);
  });

  it('names every bad field at once', async () => {
    const answer = await app.call('PUT', '/api/routing/members/x', { name: '', team: 'nope', weight: -1 });
    expect([answer.status, pointersOf(answer.json)]).toEqual([422, ['/email', '/name', '/weight']]);
    const unknown = await app.call('PUT', '/api/routing/members/x', {
      name: 'X',
      email: 'x@example.org',
      team: 'nope',
    });
    expect([unknown.status, pointersOf(unknown.json)]).toEqual([422, ['/team']]);
    const closed = await app.call('PUT', '/api/routing/teams/x', {
      name: 'X',
      calendar: { timeZone: 'Mars/Base', weekly: { mon: [['9', '10:00']] } },
    });
    expect(closed.status).toBe(422);
    expect(pointersOf(closed.json)).toEqual(['/calendar/timeZone', '/calendar/weekly/mon/0/0']);
  });

  it('a write that names another version is refused with 412', async () => {
    const { team, members } = await crew(app);
    const put = (headers: Record<string, string>) =>
      app.call('PUT', `/api/routing/members/${members[0]}`, { name: 'A', email: 'a@example.org', team }, { headers });
    expect((await put({ 'if-match': '"99"' })).status).toBe(412);
    expect((await put({ 'if-match': '"1"' })).status).toBe(200);
  });

  it('says what others have to know: the person, their managers, their calendar with its holidays', async () => {
    const { team, members, manager } = await crew(app, { reps: 1, hasManager: true });
    const key = members[0] ?? '';
    const before = (await app.said(key, MemberChanged)).length;
    await fine(app.call('PUT', `/api/routing/teams/${team}`, { name: 'Team', calendar: paris }));
    const said = await app.said(key, MemberChanged);
    expect(said).toHaveLength(before + 1);
    const last = said.at(-1)?.data;
    expect(last).toMatchObject({
      member: key,
      team,
      managers: [manager],
      active: true,
      calendar: { timeZone: 'Europe/Paris' },
    });
    const year = new Date().getUTCFullYear();
    expect(last?.calendar.closedOn).toContain(`${year}-07-14`);
    expect(last?.calendar.closedOn).toContain(`${year + 1}-05-01`);
    expect(said.map((event) => event.data.revision)).toEqual([...said.keys()].map((index) => index + 1));
  });

  it('a member with a calendar of their own does not hear of the team’s', async () => {
    const { team, members } = await crew(app, { reps: 1 });
    const key = members[0] ?? '';
    await saveMember(app, key, { team, calendar: always });
    const before = (await app.said(key, MemberChanged)).length;
    await fine(app.call('PUT', `/api/routing/teams/${team}`, { name: 'Team', calendar: paris }));
    expect(await app.said(key, MemberChanged)).toHaveLength(before);
  });
});

describe('rules', () => {
  let app: RoutingApp;

  beforeAll(async () => {
    app = await routingApp();
  });
  afterAll(() => app.close());

  it('a draft changes nothing until it is published', async () => {
    expect((await app.call('GET', '/api/routing/rules')).json).toEqual({ version: 0, rules: [], pools: [] });
    expect((await app.call('POST', '/api/routing/rules/draft/publish', {})).status).toBe(409);
    const { team } = await crew(app);
    const before = (await app.call('GET', '/api/routing/rules')).json;
    expect(before).toMatchObject({
      version: 1,
      rules: [{ key: 'everyone', when: null, then: { pool: team } }],
      pools: [{ key: team, strategy: 'fair-share', whenNobody: 'hold' }],
    });

    const next = {
      rules: before.rules,
      pools: [{ key: team, strategy: 'round-robin', members: { team }, whenNobody: 'manager' }],
    };
    const saved = await app.call('PUT', '/api/routing/rules/draft', next);
    expect([saved.status, saved.json.warnings]).toEqual([200, []]);
    expect((await app.call('GET', '/api/routing/rules')).json).toEqual(before);
    expect((await app.call('POST', '/api/routing/rules/draft/publish', {})).json).toEqual({ version: 2 });
    expect((await app.call('GET', '/api/routing/rules')).json).toMatchObject({
      version: 2,
      pools: [{ strategy: 'round-robin', members: { team } }],
    });
  });

  it('a draft that somebody else has changed meanwhile is neither overwritten nor published', async () => {
    const { team } = await crew(app);
    const draft = '/api/routing/rules/draft';
    const book = (strategy: string) => ({
      rules: [{ key: 'everyone', when: null, then: { pool: team } }],
      pools: [{ key: team, strategy, members: { team }, whenNobody: 'hold' }],
    });
    const write = (method: string, path: string, body: unknown, ifMatch: string | null) =>
      app.call(method, path, body, { headers: { 'if-match': ifMatch ?? '' } });

    const inForce = (await app.call('GET', '/api/routing/rules')).headers.get('etag');
    const mine = await write('PUT', draft, book('round-robin'), inForce);
    const theirs = await write('PUT', draft, book('least-loaded'), mine.headers.get('etag'));
    expect([mine.status, theirs.status]).toEqual([200, 200]);
    expect((await app.call('GET', draft)).headers.get('etag')).toBe(theirs.headers.get('etag'));

    expect((await write('PUT', draft, book('sticky'), inForce)).status).toBe(412);
    expect((await write('PUT', draft, book('sticky'), mine.headers.get('etag'))).status).toBe(412);
    expect((await write('POST', `${draft}/publish`, {}, mine.headers.get('etag'))).status).toBe(412);
    const published = await write('POST', `${draft}/publish`, {}, theirs.headers.get('etag'));
    expect(published.status).toBe(200);
    const rules = await app.call('GET', '/api/routing/rules');
    expect([rules.headers.get('etag'), rules.json.pools[0].strategy]).toEqual([
      `"${published.json.version}"`,
      'least-loaded',
    ]);

    await app.call('PUT', draft, book('sticky'));
    expect((await write('POST', `${draft}/publish`, {}, inForce)).status).toBe(412);
    expect((await write('POST', `${draft}/publish`, {}, rules.headers.get('etag'))).status).toBe(200);
  });

  it('decide by facts and score, and are in force at once', async () => {
    const { team, members } = await crew(app, { reps: 2 });
    await publish(app, {
      rules: [
        {
          key: 'vip',
          when: {
            combinator: 'and',
            rules: [
              { field: 'score.fit', operator: '>=', value: 90 },
              { field: 'source.key', operator: '=', value: 'site' },
            ],
          },
          then: { member: members[1] },
        },
        { key: 'rest', when: null, then: { pool: team } },
      ],
      pools: [{ key: team, members: [members[0]] }],
    });
    expect((await assignedLead(app, { fit: 95 })).member).toBe(members[1]);
    expect((await assignedLead(app, { fit: 10 })).member).toBe(members[0]);
  });

  it('names every bad field of a draft', async () => {
    const bad = await app.call('PUT', '/api/routing/rules/draft', {
      rules: [
        { key: 'a', when: { field: 'person.shoe', operator: '=', value: 1 }, then: { pool: 'nope' } },
        { key: 'a', when: null, then: { pool: 'one' } },
      ],
      pools: [{ key: 'one', members: ['nobody'], whenNobody: { fallback: 'one' } }],
    });
    expect(bad.status).toBe(422);
    expect(bad.json.errors.map((error: { pointer: string }) => error.pointer).sort()).toEqual([
      '/pools/0/members/0',
      '/pools/0/whenNobody/fallback',
      '/rules/0/then/pool',
      '/rules/0/when/field',
      '/rules/1/key',
    ]);
    const malformed = await app.call('PUT', '/api/routing/rules/draft', {
      rules: [{ key: 'a', when: null, then: {} }],
      pools: [{ key: 'one', members: 7 }],
    });
    expect([malformed.status, malformed.json.errors.map((error: { pointer: string }) => error.pointer)]).toEqual([
      422,
      ['/rules/0/then', '/pools/0/members'],
    ]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { assignedLead, crew, fine, routingApp, started } from './routing-app.js';
import type { RoutingApp } from './routing-app.js';

describe('the inbox', () => {
  let app: RoutingApp;

  beforeAll(async () => {
    app = await routingApp();
  });
  afterAll(() => app.close());

  it('shows what is in hand, by due time, with whom to call and why', async () => {
    const { members } = await crew(app, { reps: 1 });
    const first = await assignedLead(app);
    const second = await assignedLead(app);
    const third = await assignedLead(app);
    const soon = new Date(Date.now() + 20 * 60_000);
    await app.announce(started(second, soon));
    await app.settled();
    await app.call('POST', `/api/routing/assignments/${first.assignmentId}/contacts`, {
      channel: 'call',
      outcome: 'RAPP',
      nextFollowUpAt: '2099-01-05T09:00:00Z',
    });

    const inbox = `/api/routing/inbox?member=${members[0]}`;
    const page = await app.call('GET', `${inbox}&limit=2`);
    expect(page.json.items).toEqual([
      {
        assignmentId: second.assignmentId,
        leadId: second.leadId,
        round: 1,
        stage: 'mql',
        assignedAt: expect.any(String),
        dueAt: soon.toISOString(),
        nextFollowUpAt: null,
        person: expect.objectContaining({ email: `${second.leadId}@example.org` }),
        company: { name: 'Engines' },
        request: {},
        why: expect.stringContaining('fair-share'),
        warm: null,
        part: 'now',
      },
      expect.objectContaining({ leadId: first.leadId, part: 'waiting', stage: 'sal', dueAt: null }),
    ]);
    const rest = await app.call('GET', `${inbox}&limit=2&cursor=${page.json.nextCursor}`);
    expect(rest.json).toMatchObject({ items: [{ leadId: third.leadId, part: 'now' }], nextCursor: null });

    const rep = await fine(app.call('POST', '/api/desk/tokens', { name: 'test', role: 'rep', member: members[0] }));
    const mine = { token: rep.json.token };
    expect((await app.call('GET', '/api/routing/inbox', undefined, mine)).json.items).toHaveLength(3);
    expect((await app.call('GET', '/api/routing/inbox?member=somebody', undefined, mine)).status).toBe(403);
    expect((await app.call('GET', '/api/routing/inbox')).status).toBe(422);
  });
});

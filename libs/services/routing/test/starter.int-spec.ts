import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MemberChanged } from '@relance/events';
import { StarterRouting } from '../src/steps/starter-routing.js';
import { assignedLead, routingApp } from './routing-app.js';
import type { RoutingApp } from './routing-app.js';

describe('a new installation', () => {
  let app: RoutingApp;

  beforeAll(async () => {
    app = await routingApp();
  });
  afterAll(() => app.close());

  it('begins with a team at work always, and shares leads among its reps', async () => {
    const seed = (): Promise<void> => app.db.transaction((tx) => app.app.get(StarterRouting).seed(tx));
    await seed();
    await seed();
    const { json } = await app.call('GET', '/api/routing/members');
    expect(json.items.map((member: { key: string; role: string }) => [member.key, member.role])).toEqual([
      ['ines', 'rep'],
      ['lea', 'rep'],
      ['marc', 'rep'],
      ['sofia', 'manager'],
    ]);
    expect((await app.said('lea', MemberChanged)).at(-1)?.data).toMatchObject({
      team: 'sales',
      managers: ['sofia'],
      calendar: { weekly: 'always' },
    });
    expect((await app.call('GET', '/api/routing/rules')).json.version).toBe(1);
    const owners = [await assignedLead(app), await assignedLead(app), await assignedLead(app)].map(
      ({ member }) => member,
    );
    expect(owners.sort()).toEqual(['ines', 'lea', 'marc']);
  });
});

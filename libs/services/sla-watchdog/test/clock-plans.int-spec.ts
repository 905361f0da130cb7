import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SlaStarted } from '@relance/events';
import { eventually } from '@relance/testing';
import type { TestApp } from '@relance/testing';
import { alwaysOpen } from '@relance/working-time';
import type { FrozenCalendar } from '@relance/working-time';
import {
  anOwned,
  assigned,
  clockIn,
  clocksOf,
  holds,
  memberChanged,
  promise,
  putPolicy,
  startWatchdog,
} from './watchdog.js';
import type { Owned, ShownClock } from './watchdog.js';

/** Open at every moment but for one day, far from now. */
const almostAlways = (closedOn: string): FrozenCalendar => ({ ...alwaysOpen('UTC'), closedOn: [closedOn] });

/** Closed now, and for two days from now on. */
function closedForNow(): FrozenCalendar {
  const day = (offset: number): string => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
  return { ...alwaysOpen('UTC'), specialDays: [-1, 0, 1].map((offset) => ({ date: day(offset), intervals: [] })) };
}

describe('the plan of a clock that runs', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startWatchdog();
  });
  afterAll(() => app.close());

  async function running(
    milestone: object = {},
    more: Parameters<typeof assigned>[1] = {},
  ): Promise<[Owned, ShownClock]> {
    await putPolicy(app, promise(milestone));
    const lead = anOwned();
    await app.announce(assigned(lead, more));
    return [lead, await clockIn(app, lead.leadId, 'open')];
  }

  it('waits while the prospect is waited for, and then counts on what was left', async () => {
    const [lead, clock] = await running({ within: 'PT1S', warnAfter: ['PT0.8S'] });
    const paused = await app.call('POST', `/api/sla/clocks/${clock.id}/pause`, { reason: 'callback-agreed' });
    expect([paused.status, paused.json.state]).toEqual([200, 'paused']);
    // Later than the promise was due: it would have been broken.
    await eventually(() => Date.now() > Date.parse(clock.dueAt) + 300);
    const resumed = await app.call('POST', `/api/sla/clocks/${clock.id}/resume`);
    expect([resumed.status, resumed.json.state]).toEqual([200, 'open']);
    const movedMs = Date.parse(resumed.json.dueAt) - Date.parse(clock.dueAt);
    expect(movedMs).toBeGreaterThanOrEqual(300);
    expect(movedMs).toBe(resumed.json.ledger.at(-1).data.pausedMs);
    expect(resumed.json.explanation).toContain('paused for');

    const broken = await clockIn(app, lead.leadId, 'breached');
    expect(broken.ledger.map(({ kind }) => kind)).toEqual(['started', 'paused', 'resumed', 'warned', 'breached']);
    const started = await app.said(lead.leadId, SlaStarted);
    expect(started.map(({ data }) => data.dueAt)).toEqual([clock.dueAt, broken.dueAt]);
  });

  it('takes a reason from the list, and only moves what can be moved', async () => {
    const [, clock] = await running();
    const post = (verb: string, body?: object): Promise<{ status: number; json: { code: string } }> =>
      app.call('POST', `/api/sla/clocks/${clock.id}/${verb}`, body);
    expect((await post('pause', { reason: 'lunch' })).status).toBe(422);
    expect(await post('resume')).toMatchObject({ status: 409, json: { code: 'sla.clock-not-movable', state: 'open' } });
    expect((await post('pause', { reason: 'waiting-for-prospect' })).status).toBe(200);
    expect(await post('pause', { reason: 'waiting-for-prospect' })).toMatchObject({ status: 409 });
    const nowhere = '/api/sla/clocks/00000000-0000-4000-8000-000000000000/pause';
    expect((await app.call('POST', nowhere, { reason: 'prospect-away' })).status).toBe(404);
  });

  it("follows its owner's calendar: the time used stays used, what is left is counted on the new one", async () => {
    const [lead, clock] = await running({ clock: 'working', within: 'PT30M' }, { member: 'pia' as never });
    await app.announce(memberChanged('pia', { calendar: closedForNow() }));
    await holds(async () => {
      const [moved] = await clocksOf(app, lead.leadId);
      expect(Date.parse(moved?.dueAt ?? '')).toBeGreaterThan(Date.parse(clock.dueAt) + 3_600_000);
      expect(moved?.ledger.map(({ kind }) => kind)).toEqual(['started', 'replanned']);
      expect(moved?.explanation).toContain('calendar edited');
    });
    const started = await app.said(lead.leadId, SlaStarted);
    expect(started).toHaveLength(2);
  });

  it('does not move when the calendar is edited where it does not matter, nor one that simply runs', async () => {
    const [working, before] = await running({ clock: 'working', within: 'PT30M' }, { member: 'kim' as never });
    const [elapsed, other] = await running({ within: 'PT30M' }, { member: 'kim' as never });
    await app.announce(memberChanged('kim', { calendar: almostAlways('2031-01-01') }));
    await app.settled();
    expect(await clocksOf(app, working.leadId)).toEqual([before]);
    await app.announce(memberChanged('kim', { calendar: closedForNow() }));
    await app.settled();
    expect(await clocksOf(app, elapsed.leadId)).toEqual([other]);
  });

  it('never moves what has fired', async () => {
    const [lead] = await running({ clock: 'working', within: 'PT0.3S' }, { member: 'zoe' as never });
    const broken = await clockIn(app, lead.leadId, 'breached');
    await app.announce(memberChanged('zoe', { calendar: closedForNow() }));
    await app.settled();
    expect(await clocksOf(app, lead.leadId)).toEqual([broken]);
  });
});

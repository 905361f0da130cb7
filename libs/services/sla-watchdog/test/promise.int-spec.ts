import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  LeadAssigned,
  LeadContacted,
  SlaBreached,
  SlaMet,
  SlaStarted,
  SlaStopped,
  SlaWarned,
  SlaWithdrawn,
} from '@relance/events';
import type { Announcement, Envelope } from '@relance/events';
import { anId, eventually } from '@relance/testing';
import type { TestApp } from '@relance/testing';
import { OnLeadAssigned } from '../src/consume/on-lead-assigned.js';
import { OnLeadContacted } from '../src/consume/on-lead-contacted.js';
import {
  anOwned,
  assigned,
  clockIn,
  clocksOf,
  contacted,
  promise,
  putPolicy,
  startWatchdog,
  traits,
} from './watchdog.js';
import type { Owned, ShownClock } from './watchdog.js';

const linesOf = ({ ledger }: ShownClock): string[] => ledger.map(({ kind }) => kind);
const ago = (milliseconds: number): string => new Date(Date.now() - milliseconds).toISOString();

describe('a promise to a lead that somebody owns', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startWatchdog();
  });
  afterAll(() => app.close());

  async function owned(milestone: object, ...more: ((lead: Owned) => Announcement)[]): Promise<Owned> {
    await putPolicy(app, promise(milestone));
    const lead = anOwned();
    await app.announce(assigned(lead), ...more.map((make) => make(lead)));
    return lead;
  }

  it('starts when the log recorded the assignment, and tells until when it runs', async () => {
    const lead = await owned({ within: 'PT30M' });
    const clock = await clockIn(app, lead.leadId, 'open');
    const [event] = await app.said(lead.leadId, LeadAssigned);
    expect(Date.parse(clock.startedAt)).toBe(Date.parse(event?.recordedat ?? ''));
    expect(Date.parse(clock.dueAt) - Date.parse(clock.startedAt)).toBe(30 * 60_000);
    const started = await app.said(lead.leadId, SlaStarted);
    expect(started.map(({ data, causationid }) => [data.dueAt, data.member, causationid])).toEqual([
      [clock.dueAt, 'lea', event?.id],
    ]);
  });

  it('is broken on time when nobody answers, and says what is to be done', async () => {
    const lead = await owned({ within: 'PT1S' });
    const clock = await clockIn(app, lead.leadId, 'breached');
    expect(linesOf(clock)).toEqual(['started', 'breached']);
    const [breached, ...others] = await app.said(lead.leadId, SlaBreached);
    expect(others).toEqual([]);
    expect(breached?.data).toMatchObject({
      assignmentId: lead.assignmentId,
      round: 1,
      actions: ['alert', 'reassign'],
      evidence: 'C',
      cause: 'told-not-opened',
    });
    expect(breached?.data.latenessMs).toBeLessThan(250);
  });

  it('warns, breaks and escalates, each once', async () => {
    const onBreach = [
      { after: 'PT0S', do: 'alert', to: ['owner'] },
      { after: 'PT0.4S', do: 'alert', to: ['operators'] },
      { after: 'PT0.6S', do: 'reassign' },
    ];
    const lead = await owned({ within: 'PT0.8S', warnAfter: ['PT0.2S', 'PT0.4S'], onBreach });
    const escalated = await clockIn(app, lead.leadId, 'breached').then(async (clock) => {
      await expect(app.said(lead.leadId, SlaWarned)).resolves.toHaveLength(2);
      return clock;
    });
    expect(linesOf(escalated).slice(0, 4)).toEqual(['started', 'warned', 'warned', 'breached']);
    const all = await eventuallyClock(lead, (clock) => linesOf(clock).length === 6);
    expect(linesOf(all).slice(4)).toEqual(['escalated', 'escalated']);
    const breached = await app.said(lead.leadId, SlaBreached);
    expect(breached.map(({ data }) => data.actions)).toEqual([['alert'], ['reassign']]);
  });

  it('is met by a contact in time, and only then', async () => {
    const lead = await owned({ within: 'PT30M', metBy: { evidence: 'B' } });
    await clockIn(app, lead.leadId, 'open');
    await app.announce(contacted(lead, { grade: 'C' }), contacted(lead, { grade: 'A', outcome: 'RDV' }));
    const clock = await clockIn(app, lead.leadId, 'met');
    expect(linesOf(clock)).toEqual(['started', 'met']);
    const met = await app.said(lead.leadId, SlaMet);
    expect(met.map(({ data }) => [data.by, data.grade])).toEqual([['lea', 'A']]);
  });

  it('takes back a breach that a contact, logged late and made in time, disproves', async () => {
    const lead = await owned({ within: 'PT1S' });
    const broken = await clockIn(app, lead.leadId, 'breached');
    const made = new Date(Date.parse(broken.startedAt) + 500).toISOString();
    await app.announce(contacted(lead, { at: made }));
    const clock = await clockIn(app, lead.leadId, 'withdrawn');
    expect(linesOf(clock)).toEqual(['started', 'breached', 'withdrawn']);
    expect(clock).toMatchObject({ metAt: made, breachedAt: broken.breachedAt });
    const [withdrawn] = await app.said(lead.leadId, SlaWithdrawn);
    expect(withdrawn?.data).toMatchObject({ metAt: made, breachedAt: broken.breachedAt });
  });

  it('keeps a breach that was answered late, says how late, and escalates no further', async () => {
    const onBreach = [{ after: 'PT1S', do: 'alert', to: ['operators'] }];
    const lead = await owned({ within: 'PT0.3S', onBreach });
    const broken = await clockIn(app, lead.leadId, 'breached');
    await app.announce(contacted(lead, { at: ago(0) }));
    const clock = await eventuallyClock(lead, (shown) => linesOf(shown).includes('answered-late'));
    expect(clock.state).toBe('breached');
    expect(clock.ledger.at(-1)?.data['lateByMs']).toBeGreaterThan(0);
    const steps = await app.db.query('select state from sla.step where clock_id = $1 order by step', [broken.id]);
    expect(steps).toEqual([{ state: 'fired' }, { state: 'cancelled' }]);
  });

  it('does not believe a time that is stated too far back', async () => {
    const lead = await owned({ within: 'PT0.5S', trustStatedTime: 'PT0S' });
    const broken = await clockIn(app, lead.leadId, 'breached');
    await app.announce(contacted(lead, { at: broken.startedAt }));
    const clock = await eventuallyClock(lead, (shown) => linesOf(shown).includes('answered-late'));
    expect(clock.state).toBe('breached');
  });

  it("meets the successor's promise too, and ends that of the owner before", async () => {
    const first = await owned({ within: 'PT30M' });
    await clockIn(app, first.leadId, 'open');
    const second = { ...first, assignmentId: anId<Owned['assignmentId']>() };
    const previous = { assignmentId: first.assignmentId, member: 'lea' as never };
    const successor = { kind: 'reassigned', member: 'marc', previous } as never;
    await app.announce(assigned(second, successor), contacted(first, { assignment: 'superseded' }));
    const met = await clockIn(app, first.leadId, 'met');
    expect(met.assignmentId).toBe(second.assignmentId);
    const stopped = await clockIn(app, first.leadId, 'stopped');
    expect(stopped.assignmentId).toBe(first.assignmentId);
    const [said] = await app.said(first.leadId, SlaStopped);
    expect(said?.data).toMatchObject({ assignmentId: first.assignmentId, reason: 'reassigned' });
  });

  it('is met from the start where the lead was followed up in this round', async () => {
    const first = await owned({ within: 'PT30M' }, (lead) => contacted(lead));
    await clockIn(app, first.leadId, 'met');
    const second = { ...first, assignmentId: anId<Owned['assignmentId']>() };
    const previous = { assignmentId: first.assignmentId, member: 'lea' as never };
    await app.announce(assigned(second, { kind: 'manual', previous }));
    const clocks = await eventuallyClocks(first, 2);
    expect(clocks.map(({ state }) => state)).toEqual(['met', 'met']);
  });

  it('begins anew with each round', async () => {
    const lead = await owned({ within: 'PT30M' }, (one) => contacted(one));
    await clockIn(app, lead.leadId, 'met');
    await app.announce(assigned(lead, { kind: 'asked-again', round: 2 }));
    const open = await clockIn(app, lead.leadId, 'open');
    expect(open.round).toBe(2);
  });

  it('is made once, however often the assignment is heard, and met once, however often the contact is', async () => {
    const lead = await owned({ within: 'PT30M' }, (one) => contacted(one));
    const met = await clockIn(app, lead.leadId, 'met');
    const [assignment] = await app.said(lead.leadId, LeadAssigned);
    const [contact] = await app.said(lead.leadId, LeadContacted);
    await app.db.transaction(async (tx) => {
      await app.app.get(OnLeadAssigned).handle([assignment as Envelope<LeadAssigned>], tx);
      await app.app.get(OnLeadContacted).handle([contact as Envelope<LeadContacted>], tx);
    });
    expect(await clocksOf(app, lead.leadId)).toEqual([met]);
    expect(await app.said(lead.leadId, SlaStarted)).toHaveLength(1);
    expect(await app.said(lead.leadId, SlaMet)).toHaveLength(1);
  });

  it('ends the same when the contact is heard before the assignment', async () => {
    await putPolicy(app, promise());
    const lead = anOwned();
    await app.announce(contacted(lead, { at: ago(1_000) }), assigned(lead));
    const clock = await clockIn(app, lead.leadId, 'met');
    expect(linesOf(clock)).toEqual(['started', 'met']);
  });

  it('is not made to a test', async () => {
    await putPolicy(app, promise());
    const lead = anOwned();
    await app.announce(assigned(lead, { traits: traits({ test: true }) }));
    await app.settled();
    expect(await clocksOf(app, lead.leadId)).toEqual([]);
  });

  it('keeps the version of the policy that it started under', async () => {
    const lead = await owned({ within: 'PT30M' });
    const before = await clockIn(app, lead.leadId, 'open');
    await putPolicy(app, promise({ within: 'PT5M' }));
    expect(await clocksOf(app, lead.leadId)).toEqual([before]);
    const later = await owned({ within: 'PT5M' });
    const clock = await clockIn(app, later.leadId, 'open');
    expect(Date.parse(clock.dueAt) - Date.parse(clock.startedAt)).toBe(5 * 60_000);
  });

  it('is the first policy whose condition matches the lead', async () => {
    const when = { field: 'company.employees', operator: '>=', value: 10_000 };
    await putPolicy(app, { ...promise({ within: 'PT1M' }), when }, 'large');
    await putPolicy(app, promise({ within: 'PT30M' }));
    const large = anOwned();
    const small = anOwned();
    await app.announce(assigned(large, { traits: traits({ company: { employees: 20_000 } }) }), assigned(small));
    expect((await clockIn(app, large.leadId, 'open')).explanation).toContain('+ 1 min');
    expect((await clockIn(app, small.leadId, 'open')).explanation).toContain('+ 30 min');
  });

  async function eventuallyClocks(lead: Owned, count: number): Promise<ShownClock[]> {
    await clockIn(app, lead.leadId, 'met');
    await app.settled();
    const clocks = await clocksOf(app, lead.leadId);
    expect(clocks).toHaveLength(count);
    return clocks;
  }

  async function eventuallyClock(lead: Owned, isReached: (clock: ShownClock) => boolean): Promise<ShownClock> {
    return eventually(async () => (await clocksOf(app, lead.leadId)).find(isReached));
  }
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LeadErased, LeadMerged, LeadUnmerged, SlaBreached, SlaMet, SlaStopped, announceNew } from '@relance/events';
import type { Announcement } from '@relance/events';
import type { LeadId } from '@relance/lead';
import { anId } from '@relance/testing';
import type { TestApp } from '@relance/testing';
import {
  anOwned,
  assigned,
  clockIn,
  clocksOf,
  contacted,
  held,
  holds,
  putPolicy,
  scored,
  stageChanged,
  startWatchdog,
} from './watchdog.js';

const merge = (
  definition: typeof LeadMerged | typeof LeadUnmerged,
  winnerId: LeadId,
  loserId: LeadId,
): Announcement[] =>
  [winnerId, loserId].map((leadId) =>
    announceNew(definition, { data: { leadId, winnerId, loserId }, by: 'ingestion', at: new Date() }),
  );

const everyOccasion = {
  when: null,
  milestones: [
    { key: 'owner', startsOn: 'assigned', within: 'PT30M', clock: 'working', metBy: { evidence: 'C' }, onBreach: [] },
    { key: 'lead', startsOn: 'qualified', within: 'P1D', clock: 'elapsed', metBy: { evidence: 'B' }, onBreach: [] },
    {
      key: 'outcome',
      startsOn: 'accepted',
      within: 'P1D',
      clock: 'working',
      metBy: { stageChange: true },
      onBreach: [],
    },
    {
      key: 'cadence',
      startsOn: 'accepted',
      within: 'P14D',
      clock: 'elapsed',
      metBy: { contacts: [{ channel: 'call', atLeast: 2 }] },
      onBreach: [],
    },
    {
      key: 'taken',
      startsOn: 'held',
      within: 'PT15M',
      clock: 'elapsed',
      metBy: { assigned: true },
      onBreach: [{ after: 'PT0S', do: 'alert', to: ['manager', 'operators'] }],
    },
  ],
};

describe('the promises of a lead', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startWatchdog();
    await putPolicy(app, everyOccasion);
  });
  afterAll(() => app.close());

  const states = async (leadId: LeadId): Promise<Record<string, string>> =>
    Object.fromEntries((await clocksOf(app, leadId)).map(({ milestone, state }) => [milestone, state]));

  it('run from the verdict, the hold, the owner and the acceptance, and are met as the lead is worked', async () => {
    const lead = anOwned();
    await app.announce(scored(lead.leadId), held(lead.leadId));
    await holds(async () => {
      expect(await states(lead.leadId)).toEqual({ lead: 'open', taken: 'open' });
    });

    await app.announce(assigned(lead, { kind: 'released-hold' }));
    await holds(async () => {
      expect(await states(lead.leadId)).toEqual({ lead: 'open', taken: 'met', owner: 'open' });
    });

    await app.announce(contacted(lead, { grade: 'C' }), stageChanged(lead, { move: 'accept', to: 'sal' }));
    await holds(async () => {
      expect(await states(lead.leadId)).toEqual({
        lead: 'open',
        taken: 'met',
        owner: 'met',
        outcome: 'open',
        cadence: 'open',
      });
    });

    await app.announce(
      contacted(lead, { grade: 'A' }),
      stageChanged(lead, { move: 'qualify', from: 'sal', to: 'sql' }),
    );
    await holds(async () => {
      expect(await states(lead.leadId)).toEqual({
        lead: 'met',
        taken: 'met',
        owner: 'met',
        outcome: 'met',
        cadence: 'met',
      });
    });
    const met = await app.said(lead.leadId, SlaMet);
    expect(met.map(({ data }) => [data.milestone, data.by]).sort()).toEqual([
      ['cadence', 'lea'],
      ['lead', 'lea'],
      ['outcome', 'qualify'],
      ['owner', 'lea'],
      ['taken', 'assigned'],
    ]);
  });

  it('end without an answer when nobody is owed one any more', async () => {
    const lead = anOwned();
    await app.announce(scored(lead.leadId), assigned(lead));
    await clockIn(app, lead.leadId, 'open', 'owner');
    const returned = { move: 'return', to: 'recycled', endsAssignment: true } as const;
    await app.announce(stageChanged(lead, returned));
    await holds(async () => {
      expect(await states(lead.leadId)).toEqual({ lead: 'stopped', owner: 'stopped' });
    });
    const stopped = await app.said(lead.leadId, SlaStopped);
    expect(stopped.map(({ data }) => data.reason)).toEqual(['return', 'return']);
  });

  it('stay with the lead when it changes hands', async () => {
    const lead = anOwned();
    await app.announce(scored(lead.leadId), assigned(lead));
    await app.announce(stageChanged(lead, { move: 'silence', endsAssignment: true }));
    await holds(async () => {
      expect(await states(lead.leadId)).toEqual({ lead: 'open', owner: 'stopped' });
    });
  });

  it('stop for an owner who has the lead no more while nobody may take it', async () => {
    const lead = anOwned();
    await app.announce(assigned(lead), held(lead.leadId));
    await holds(async () => {
      expect(await states(lead.leadId)).toEqual({ owner: 'stopped', taken: 'open' });
    });
  });

  it('are kept by a contact with the lead it proved to be, also one made before the merge was heard', async () => {
    const winner = anOwned();
    const loser = anOwned();
    await app.announce(assigned(winner), assigned(loser));
    await clockIn(app, loser.leadId, 'open');
    await app.announce(contacted(winner));
    await clockIn(app, winner.leadId, 'met');
    await app.announce(...merge(LeadMerged, winner.leadId, loser.leadId));
    await holds(async () => {
      const clocks = await clocksOf(app, winner.leadId);
      expect(clocks.map(({ state }) => state)).toEqual(['met', 'met']);
      expect(new Set(clocks.map(({ assignmentId }) => assignmentId))).toEqual(
        new Set([winner.assignmentId, loser.assignmentId]),
      );
    });
  });

  it('go their own ways again when a merge is taken back', async () => {
    const winner = anOwned();
    const loser = anOwned();
    await app.announce(assigned(winner), assigned(loser));
    await app.announce(...merge(LeadMerged, winner.leadId, loser.leadId));
    await holds(async () => {
      expect(await clocksOf(app, winner.leadId)).toHaveLength(2);
    });
    await app.announce(...merge(LeadUnmerged, winner.leadId, loser.leadId));
    await holds(async () => {
      expect(await clocksOf(app, winner.leadId)).toHaveLength(1);
    });
    await app.announce(contacted(winner));
    await clockIn(app, winner.leadId, 'met');
    expect(await states(loser.leadId)).toEqual({ owner: 'open' });
  });

  it('end when the person is to be forgotten, and nothing begins after', async () => {
    const lead = anOwned();
    await app.announce(scored(lead.leadId), assigned(lead));
    await clockIn(app, lead.leadId, 'open', 'owner');
    await app.announce(
      announceNew(LeadErased, { data: { leadId: lead.leadId }, by: 'ingestion', at: new Date() }),
      assigned({ ...lead, assignmentId: anId() }),
      contacted(lead),
      scored(lead.leadId, { revision: 2 }),
    );
    await holds(async () => {
      expect(await states(lead.leadId)).toEqual({ lead: 'stopped', owner: 'stopped' });
    });
    await app.settled();
    expect(await clocksOf(app, lead.leadId)).toHaveLength(2);
    const left = await app.db.query(
      'select from sla.contact where lead_id = $1 union all select from sla.score where lead_id = $1',
      [lead.leadId],
    );
    expect(left).toEqual([]);
  });

  it('of a holding reach managers and operators when nobody takes it', async () => {
    const [taken] = everyOccasion.milestones.slice(-1);
    await putPolicy(app, { when: null, milestones: [{ ...taken, within: 'PT0.3S' }] });
    const leadId = anId<LeadId>();
    await app.announce(held(leadId));
    await clockIn(app, leadId, 'breached');
    const [breached] = await app.said(leadId, SlaBreached);
    expect(breached?.data).toMatchObject({ cause: 'held', actions: ['alert'] });
    await putPolicy(app, everyOccasion);
  });

  it('of several policies and leads are started by one batch', async () => {
    const leads = Array.from({ length: 300 }, anOwned);
    await app.announce(...leads.flatMap((lead) => [scored(lead.leadId), assigned(lead)]));
    await app.settled();
    const [count] = await app.db.query<{ clocks: number }>(
      'select count(*) as clocks from sla.clock where lead_id = any($1::uuid[])',
      [leads.map(({ leadId }) => leadId)],
    );
    expect(count?.clocks).toBe(600);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DeskModule } from '@relance/desk';
import {
  LeadAssigned,
  LeadErased,
  LeadMerged,
  LeadReceived,
  LeadScored,
  LeadStageChanged,
  LeadUnmerged,
  MemberChanged,
  SlaBreached,
  SlaStarted,
  announceNew,
} from '@relance/events';
import type { Announcement } from '@relance/events';
import type {
  AssignmentId,
  ClockId,
  LeadFacts,
  LeadId,
  MemberKey,
  MilestoneKey,
  PolicyKey,
  SourceKey,
  SubmissionId,
  TeamKey,
} from '@relance/lead';
import { traitsOf } from '@relance/lead';
import { anId, testApp } from '@relance/testing';
import type { TestApp } from '@relance/testing';

const now = new Date('2026-11-20T10:00:00Z');
const always = { timeZone: 'UTC', weekly: 'always' as const, specialDays: [], closedOn: [], frozenYears: [2026, 2027] };

const facts = (over: Partial<LeadFacts['person']> = {}): LeadFacts => ({
  person: { fullName: 'Ada Lovelace', email: `ada-${anId()}@engines.example`, ...over },
  company: { name: 'Engines' },
  request: { message: 'hello', asksForContact: true },
  attribution: { sourceKey: 'site' as SourceKey },
  consents: [],
  test: false,
  occurredAt: now.toISOString(),
  receivedAt: now.toISOString(),
});

const received = (leadId: LeadId, lead = facts(), revision = 1): Announcement =>
  announceNew(LeadReceived, {
    by: 'ingestion',
    at: now,
    data: {
      leadId,
      submissionId: anId<SubmissionId>(),
      revision,
      sourceKey: 'site' as SourceKey,
      facts: lead,
      asks: { asksForContact: true },
      test: false,
    },
  });

const scored = (leadId: LeadId, verdict: LeadScored['verdict'], revision = 1): Announcement =>
  announceNew(LeadScored, {
    by: 'scoring',
    at: now,
    data: {
      leadId,
      revision,
      verdict,
      fit: 40,
      engagement: 10,
      grade: 'B2',
      temperature: 'warm',
      direct: false,
      reasons: [{ part: 'fit', rule: 'has-company', outcome: 'true', points: 40, says: 'company is known' }],
      missing: [],
      definitionVersion: 1,
      factsRevision: revision,
      facts: facts(),
      test: false,
    },
  });

const assigned = (leadId: LeadId, assignmentId: AssignmentId, member: string): Announcement =>
  announceNew(LeadAssigned, {
    by: 'routing',
    at: now,
    data: {
      leadId,
      assignmentId,
      round: 1,
      kind: 'first',
      member: member as MemberKey,
      team: 'sales' as TeamKey,
      managers: [],
      why: 'fewest leads',
      calendar: always,
      traits: traitsOf(facts()),
    },
  });

let desk: TestApp;

beforeAll(async () => {
  desk = await testApp({ desk: DeskModule });
});

afterAll(() => desk.close());

const story = async (leadId: string) => (await desk.call('GET', `/api/desk/leads/${leadId}`)).json;

describe("a lead's story", () => {
  it('is told on one page, in the order in which it was recorded', async () => {
    const leadId = anId<LeadId>();
    const assignmentId = anId<AssignmentId>();
    const promise = {
      leadId,
      clockId: anId<ClockId>(),
      policy: 'follow-up' as PolicyKey,
      milestone: 'first-follow-up' as MilestoneKey,
      assignmentId,
      round: 1,
      member: 'lea' as MemberKey,
    };
    await desk.announce(
      announceNew(MemberChanged, {
        by: 'routing',
        at: now,
        data: {
          member: 'lea' as MemberKey,
          revision: 1,
          name: 'Léa',
          email: 'lea@example.org',
          team: 'sales' as TeamKey,
          role: 'rep',
          managers: [],
          active: true,
          available: true,
          calendar: always,
        },
      }),
      received(leadId),
      scored(leadId, 'qualified'),
      assigned(leadId, assignmentId, 'lea'),
      announceNew(SlaStarted, {
        by: 'sla-watchdog',
        at: now,
        data: {
          ...promise,
          startedAt: now.toISOString(),
          dueAt: '2026-11-20T10:30:00.000Z',
          explanation: 'always + 30 min',
        },
      }),
      announceNew(SlaBreached, {
        by: 'sla-watchdog',
        at: now,
        data: {
          ...promise,
          startedAt: now.toISOString(),
          dueAt: '2026-11-20T10:30:00.000Z',
          firedAt: '2026-11-20T10:30:00.020Z',
          latenessMs: 20,
          actions: ['alert'],
          cause: 'told-not-opened',
        },
      }),
    );
    await desk.settled();

    const told = await story(leadId);

    expect(told).toMatchObject({
      leadId,
      stage: 'mql',
      test: false,
      verdict: 'qualified',
      owner: { member: 'lea', name: 'Léa' },
      person: { fullName: 'Ada Lovelace' },
      company: { name: 'Engines' },
      request: { message: 'hello' },
      score: { fit: 40, reasons: [{ rule: 'has-company' }] },
      clocks: [{ milestone: 'first-follow-up', state: 'breached', dueAt: '2026-11-20T10:30:00.000Z', assignmentId }],
    });
    expect(told.timeline.map((line: { type: string }) => line.type)).toEqual([
      'lead.received',
      'lead.scored',
      'lead.assigned',
      'sla.started',
      'sla.breached',
    ]);
    expect(told.timeline[1].data.facts).toBeUndefined();
    expect(JSON.stringify(told.timeline)).not.toContain('Lovelace');
  });

  it('does not go back to older facts or scores', async () => {
    const leadId = anId<LeadId>();
    await desk.announce(
      received(leadId, facts({ fullName: 'New Name' }), 2),
      received(leadId, facts({ fullName: 'Old Name' }), 1),
      scored(leadId, 'qualified', 2),
      scored(leadId, 'nurture', 1),
    );
    await desk.settled();

    expect(await story(leadId)).toMatchObject({ person: { fullName: 'New Name' }, verdict: 'qualified' });
  });

  it('is found under the winner after a merge, and under its own id again once that is taken back', async () => {
    const winnerId = anId<LeadId>();
    const loserId = anId<LeadId>();
    const merge = { winnerId, loserId };
    await desk.announce(received(winnerId), received(loserId, facts({ fullName: 'Twin' })));
    await desk.announce(
      ...[winnerId, loserId].map((leadId) =>
        announceNew(LeadMerged, { by: 'ingestion', at: now, data: { leadId, ...merge } }),
      ),
    );
    await desk.settled();

    expect(await story(loserId)).toMatchObject({ leadId: winnerId, mergedFrom: [loserId] });
    expect((await story(winnerId)).timeline).toHaveLength(4);

    await desk.announce(
      ...[winnerId, loserId].map((leadId) =>
        announceNew(LeadUnmerged, { by: 'ingestion', at: now, data: { leadId, ...merge } }),
      ),
    );
    await desk.settled();
    expect(await story(loserId)).toMatchObject({ leadId: loserId, person: { fullName: 'Twin' } });
  });

  it('keeps an id and dates of an erased lead, whatever comes later', async () => {
    const leadId = anId<LeadId>();
    await desk.announce(received(leadId), scored(leadId, 'qualified'));
    await desk.announce(
      announceNew(LeadErased, { by: 'ingestion', at: now, data: { leadId } }),
      received(leadId, facts(), 2),
    );
    await desk.settled();

    const told = await story(leadId);
    expect(told).toMatchObject({ leadId, person: {}, company: {}, score: null });
    expect((await desk.db.query('select * from desk.lead where lead_id = $1', [leadId]))[0]).toMatchObject({
      facts: null,
      search: '',
    });
  });

  it('answers 404 for a lead that nobody heard of, and names a wrong id', async () => {
    expect((await desk.call('GET', `/api/desk/leads/${anId()}`)).status).toBe(404);
    expect((await desk.call('GET', '/api/desk/leads/nonsense')).status).toBe(422);
    expect((await desk.call('GET', '/api/desk/leads', undefined, { token: null })).status).toBe(401);
  });

  it('is rebuilt by a replay', async () => {
    const leadId = anId<LeadId>();
    await desk.announce(
      received(leadId),
      scored(leadId, 'qualified'),
      assigned(leadId, anId<AssignmentId>(), 'marc'),
      announceNew(LeadStageChanged, {
        by: 'routing',
        at: now,
        data: { leadId, from: 'mql', to: 'sal', move: 'accept', endsAssignment: false, by: 'marc' },
      }),
    );
    await desk.settled();
    const before = await story(leadId);
    await desk.db.query('delete from desk.timeline');

    expect((await desk.call('POST', '/api/operations/readers/desk/replay')).status).toBe(202);
    await desk.settled();

    expect(await story(leadId)).toEqual(before);
    expect(before).toMatchObject({ stage: 'sal', owner: { member: 'marc' } });
  });
});

describe('the list of leads', () => {
  it('finds by the beginnings of words, newest first, page by page', async () => {
    const name = `Zephyrine${Math.random().toString(36).slice(2, 8)}`;
    const ids = [anId<LeadId>(), anId<LeadId>(), anId<LeadId>()];
    await desk.announce(...ids.map((leadId) => received(leadId, facts({ fullName: `${name} Müller` }))));
    await desk.settled();

    const found = await desk.call('GET', `/api/desk/leads?query=${name.toLowerCase()}%20mul&limit=2`);
    expect(found.json.items.map((item: { leadId: string }) => item.leadId)).toEqual([ids[2], ids[1]]);
    const rest = await desk.call('GET', `/api/desk/leads?query=${name}&limit=2&cursor=${found.json.nextCursor}`);
    expect(rest.json).toMatchObject({ items: [{ leadId: ids[0] }], nextCursor: null });
    expect((await desk.call('GET', `/api/desk/leads?query=${name}&stage=won`)).json.items).toEqual([]);
    expect((await desk.call('GET', '/api/desk/leads?cursor=nonsense')).status).toBe(422);
  });
});

import { ManualClock } from '@relance/clock';
import { LeadScored, SlaBreached, SlaMet, SlaStarted, announceNew, newId } from '@relance/events';
import type { Announcement } from '@relance/events';
import type { AssignmentId, ClockId, LeadId, MilestoneKey, PolicyKey, SubmissionId } from '@relance/lead';
import { anId, eventually, testApp } from '@relance/testing';
import type { TestAnswer, TestApp } from '@relance/testing';
import { RoutingModule } from '../src/index.js';
import { facts } from './organisations.js';

export const always = { timeZone: 'UTC', weekly: 'always' };

/** Routing alone, on a database of its own, at a clock that only tests move. */
export interface RoutingApp extends TestApp {
  readonly clock: ManualClock;
}

export async function routingApp(environment: Record<string, string> = {}): Promise<RoutingApp> {
  const clock = new ManualClock(new Date());
  const app = await testApp({ routing: RoutingModule }, { clock, environment });
  return { ...app, clock };
}

/** A name of this test's own: keys are shared by a file's tests. */
export function aKey(prefix: string): string {
  return `${prefix}-${newId().slice(-12)}`;
}

export interface Crew {
  readonly team: string;
  readonly members: readonly string[];
  readonly manager: string | null;
}

/** A team with reps, perhaps a manager, and published rules that send everyone to their pool. */
export async function crew(
  app: TestApp,
  {
    reps = 3,
    hasManager = false,
    pool = {},
    over = {},
  }: { reps?: number; hasManager?: boolean; pool?: object; over?: object } = {},
): Promise<Crew> {
  const team = aKey('team');
  await fine(app.call('PUT', `/api/routing/teams/${team}`, { name: 'Team', calendar: always }));
  const members = Array.from({ length: reps }, () => aKey('rep'));
  for (const key of members) await saveMember(app, key, { team, ...over });
  const manager = hasManager ? aKey('boss') : null;
  if (manager !== null) await saveMember(app, manager, { team, role: 'manager' });
  await publish(app, {
    pools: [{ key: team, members, ...pool }],
    rules: [{ key: 'everyone', when: null, then: { pool: team } }],
  });
  return { team, members, manager };
}

export async function saveMember(app: TestApp, key: string, over: object): Promise<TestAnswer> {
  return fine(
    app.call('PUT', `/api/routing/members/${key}`, { name: 'Somebody', email: `${key}@example.org`, ...over }),
  );
}

export async function publish(app: TestApp, book: object): Promise<number> {
  await fine(app.call('PUT', '/api/routing/rules/draft', book));
  return ((await fine(app.call('POST', '/api/routing/rules/draft/publish', {}))).json as { version: number }).version;
}

export async function fine(answer: Promise<TestAnswer>): Promise<TestAnswer> {
  const given = await answer;
  if (given.status >= 300) throw new Error(`${given.status}: ${given.text}`);
  return given;
}

/** `lead.scored`, by default a submission that is qualified. */
export function scored(leadId: LeadId, over: Partial<LeadScored> = {}): Announcement {
  const data: LeadScored = {
    leadId,
    revision: 1,
    submissionId: anId<SubmissionId>(),
    verdict: 'qualified',
    fit: 60,
    engagement: 40,
    grade: 'A1',
    temperature: 'hot',
    direct: true,
    reasons: [],
    missing: [],
    definitionVersion: 1,
    factsRevision: 1,
    facts: facts({ person: { email: `${leadId}@example.org` } }),
    test: false,
    ...over,
  };
  return announceNew(LeadScored, { data, by: 'scoring', at: new Date() }, data.submissionId ?? newId());
}

interface Promised {
  readonly leadId: LeadId;
  readonly assignmentId: string;
  readonly round: number;
  readonly clockId?: ClockId;
}

function promise({ leadId, assignmentId, round, clockId }: Promised) {
  return {
    leadId,
    clockId: clockId ?? anId<ClockId>(),
    policy: 'follow-up' as PolicyKey,
    milestone: 'first-follow-up' as MilestoneKey,
    assignmentId: assignmentId as AssignmentId,
    round,
  };
}

export function started(about: Promised, dueAt: Date): Announcement {
  const data = {
    ...promise(about),
    startedAt: new Date().toISOString(),
    dueAt: dueAt.toISOString(),
    explanation: 'for a test',
  };
  return announceNew(SlaStarted, { data, by: 'sla-watchdog', at: new Date() });
}

export function met(about: Promised): Announcement {
  const now = new Date().toISOString();
  return announceNew(SlaMet, {
    data: { ...promise(about), dueAt: now, metAt: now, by: 'ana' },
    by: 'sla-watchdog',
    at: new Date(),
  });
}

export function breached(about: Promised, over: Partial<SlaBreached> = {}): Announcement {
  const now = new Date().toISOString();
  const data: SlaBreached = {
    ...promise(about),
    startedAt: now,
    dueAt: now,
    firedAt: now,
    latenessMs: 1,
    actions: ['alert', 'reassign'],
    cause: 'told-not-opened',
    ...over,
  };
  return announceNew(SlaBreached, { data, by: 'sla-watchdog', at: new Date() });
}

export interface Owned {
  readonly leadId: LeadId;
  readonly assignmentId: string;
  readonly member: string;
  readonly round: number;
}

/** Who has the lead now, as the database has it. */
export async function ownerOf(app: TestApp, leadId: LeadId): Promise<Owned | null> {
  const [row] = await app.db.query<Owned>(
    `select lead_id as "leadId", id as "assignmentId", member, round from routing.assignment
     where lead_id = $1 and ended_at is null`,
    [leadId],
  );
  return row ?? null;
}

/** Announces a lead that asks, and waits for its owner. */
export async function assignedLead(app: TestApp, over: Partial<LeadScored> = {}): Promise<Owned> {
  const leadId = anId<LeadId>();
  await app.announce(scored(leadId, over));
  return eventually(() => ownerOf(app, leadId));
}

/** What must hold whatever happened: one owner a lead, counters that say what is there. */
export async function brokenLaws(app: TestApp): Promise<object[]> {
  return app.db.query(
    `select 'two owners' as law, lead_id::text as at, count(*) as seen from routing.assignment
       where ended_at is null group by lead_id having count(*) > 1
     union all
     select 'open work', member_load.member, open_work from routing.member_load
       where open_work <> (select count(*) from routing.assignment
         where assignment.member = member_load.member and ended_at is null)
     union all
     select 'ledger', fairness.pool || '/' || fairness.member, assigned from routing.fairness
       where assigned <> (select count(*) from routing.assignment
         where assignment.pool = fairness.pool and assignment.member = fairness.member and assignment.month = fairness.month)
     union all
     select 'owner of nothing', assignment.id::text, 0 from routing.assignment
       join routing.lead on lead.id = assignment.lead_id
       where ended_at is null and stage not in ('mql', 'sal', 'sql')
     union all
     select 'nobody cares', lead.id::text, 0 from routing.lead
       where stage in ('mql', 'sal', 'sql') and not is_test and merged_into is null and erased_at is null
         and not exists (select from routing.assignment where lead_id = lead.id and ended_at is null)
         and not exists (select from routing.holding where lead_id = lead.id and ended_at is null)`,
  );
}

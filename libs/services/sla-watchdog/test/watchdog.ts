import { LeadAssigned, LeadContacted, LeadHeld, LeadScored, LeadStageChanged, MemberChanged } from '@relance/events';
import { announceNew, newId } from '@relance/events';
import type { Announcement } from '@relance/events';
import type { AssignmentId, HoldingId, LeadId, SubmissionId } from '@relance/lead';
import { anId, eventually, testApp } from '@relance/testing';
import type { TestApp } from '@relance/testing';
import { alwaysOpen } from '@relance/working-time';
import { SlaWatchdogModule } from '@relance/sla-watchdog';

/** The watchdog alone, on a database of its own. */
export function startWatchdog(environment: Record<string, string> = {}): Promise<TestApp> {
  return testApp({ 'sla-watchdog': SlaWatchdogModule }, { environment });
}

const by = 'routing';
const now = (): Date => new Date();

export const traits = (over: object = {}): LeadAssigned['traits'] =>
  ({
    person: { country: 'FR' },
    company: { employees: 250 },
    request: {},
    attribution: { sourceKey: 'site' },
    test: false,
    occurredAt: now().toISOString(),
    receivedAt: now().toISOString(),
    ...over,
  }) as LeadAssigned['traits'];

export interface Owned {
  readonly leadId: LeadId;
  readonly assignmentId: AssignmentId;
}

export const anOwned = (): Owned => ({ leadId: anId<LeadId>(), assignmentId: anId<AssignmentId>() });

export function assigned({ leadId, assignmentId }: Owned, over: Partial<LeadAssigned> = {}): Announcement {
  const data = {
    leadId,
    assignmentId,
    round: 1,
    kind: 'first',
    member: 'lea',
    team: 'north',
    managers: ['sofia'],
    why: 'it was their turn',
    calendar: alwaysOpen('Europe/Paris'),
    traits: traits(),
    ...over,
  } as LeadAssigned;
  return announceNew(LeadAssigned, { data, by, at: now() });
}

export function contacted({ leadId, assignmentId }: Owned, over: Partial<LeadContacted> = {}): Announcement {
  const data = {
    leadId,
    contactId: newId(),
    assignmentId,
    round: 1,
    assignment: 'current',
    member: 'lea',
    recordedBy: 'lea',
    channel: 'call',
    outcome: 'NRP',
    grade: 'C',
    at: now().toISOString(),
    ...over,
  } as LeadContacted;
  return announceNew(LeadContacted, { data, by, at: now() });
}

export function held(leadId: LeadId, over: Partial<LeadHeld> = {}): Announcement {
  const data = {
    leadId,
    holdingId: anId<HoldingId>(),
    waitsFor: 'somebody to be back',
    managers: [],
    traits: traits(),
    ...over,
  };
  return announceNew(LeadHeld, { data, by, at: now() });
}

export function stageChanged({ leadId, assignmentId }: Owned, over: Partial<LeadStageChanged>): Announcement {
  const data = {
    leadId,
    assignmentId,
    from: 'mql',
    to: 'mql',
    move: 'accept',
    round: 1,
    member: 'lea',
    endsAssignment: false,
    by: 'lea',
    ...over,
  } as LeadStageChanged;
  return announceNew(LeadStageChanged, { data, by, at: now() });
}

export function scored(leadId: LeadId, over: Partial<LeadScored> = {}): Announcement {
  const data = {
    leadId,
    revision: 1,
    submissionId: anId<SubmissionId>(),
    verdict: 'qualified',
    fit: 80,
    engagement: 40,
    grade: 'A2',
    temperature: 'hot',
    direct: true,
    reasons: [],
    missing: [],
    definitionVersion: 1,
    factsRevision: 1,
    facts: { ...traits(), consents: [] },
    test: false,
    ...over,
  } as LeadScored;
  return announceNew(LeadScored, { data, by: 'scoring', at: now() });
}

let revision = 0;
export function memberChanged(member: string, over: Partial<MemberChanged> = {}): Announcement {
  revision += 1;
  const data = {
    member,
    revision,
    name: member,
    email: `${member}@example.org`,
    team: 'north',
    role: 'rep',
    managers: [],
    active: true,
    available: true,
    calendar: alwaysOpen('Europe/Paris'),
    ...over,
  } as MemberChanged;
  return announceNew(MemberChanged, { data, by, at: now() });
}

/** A policy with one promise to the owner's lead. */
export const promise = (milestone: object = {}): object => ({
  when: null,
  milestones: [
    {
      key: 'first-follow-up',
      startsOn: 'assigned',
      within: 'PT30M',
      clock: 'elapsed',
      metBy: { evidence: 'C' },
      warnAfter: [],
      onBreach: [
        { after: 'PT0S', do: 'alert', to: ['owner', 'manager'] },
        { after: 'PT0S', do: 'reassign' },
      ],
      ...milestone,
    },
  ],
});

export async function putPolicy(app: TestApp, policy: object, key = 'follow-up'): Promise<void> {
  const answer = await app.call('PUT', `/api/sla/policies/${key}`, policy);
  if (answer.status >= 300) throw new Error(answer.text);
}

export interface ShownClock {
  id: string;
  milestone: string;
  assignmentId: string | null;
  round: number | null;
  member: string | null;
  state: string;
  startedAt: string;
  dueAt: string;
  metAt: string | null;
  breachedAt: string | null;
  explanation: string;
  ledger: { kind: string; at: string; recordedAt: string; data: Record<string, unknown> }[];
}

export async function clocksOf(app: TestApp, leadId: string): Promise<ShownClock[]> {
  const answer = await app.call('GET', `/api/sla/clocks?leadId=${leadId}`);
  if (answer.status !== 200) throw new Error(answer.text);
  return (answer.json as { items: ShownClock[] }).items;
}

export function clockIn(app: TestApp, leadId: string, state: string, milestone?: string): Promise<ShownClock> {
  return eventually(async () => {
    const clocks = await clocksOf(app, leadId);
    const wanted = clocks.filter((clock) => milestone === undefined || clock.milestone === milestone);
    const found = wanted.find((clock) => clock.state === state);
    if (!found) throw new Error(`no clock is ${state}: ${JSON.stringify(wanted)}`);
    return found;
  });
}

/** Waits until every expectation of a check holds. */
export async function holds(check: () => Promise<void>): Promise<void> {
  await eventually(async () => {
    await check();
    return true;
  });
}

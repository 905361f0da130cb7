import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ManualClock } from '@relance/clock';
import {
  LeadAssigned,
  LeadContacted,
  LeadEngaged,
  LeadNurtured,
  LeadStageChanged,
  NurtureProgressed,
  announceNew,
} from '@relance/events';
import type { Announcement } from '@relance/events';
import { traitsOf } from '@relance/lead';
import type {
  AssignmentId,
  ContactId,
  LeadFacts,
  LeadId,
  MemberKey,
  SourceKey,
  Stage,
  TeamKey,
  TrackKey,
} from '@relance/lead';
import { NurtureModule } from '@relance/nurture';
import { anId, eventually, testApp } from '@relance/testing';
import type { TestApp } from '@relance/testing';
import { RunStepJob } from '../src/jobs/run-step.job.js';
import { StarterNurture } from '../src/starter-nurture.js';

/** A Wednesday, 11:00 in Paris. */
export const wednesday = new Date('2025-11-26T10:00:00Z');
export const hours = (count: number): Date => new Date(wednesday.getTime() + count * 3_600_000);

/** Nurture on its own, with a clock that tests move and a sweep that they ask for. */
export class NurtureApp {
  private constructor(
    readonly app: TestApp,
    readonly clock: ManualClock,
  ) {}

  static async start(): Promise<NurtureApp> {
    const clock = new ManualClock(wednesday);
    const app = await testApp(
      { nurture: NurtureModule },
      { clock, environment: { NURTURE_POSTAL_ADDRESS: 'Engines SA, 1 rue de la Paix, Paris' } },
    );
    await app.db.transaction((tx) => app.app.get(StarterNurture).seed(tx));
    return new NurtureApp(app, clock);
  }

  async announce(...announcements: Announcement[]): Promise<void> {
    await this.app.announce(...announcements);
    await this.app.settled();
  }

  /** Moves the clock and runs what is due for these leads until nothing is. */
  async runAt(at: Date, ...leadIds: LeadId[]): Promise<void> {
    this.clock.moveTo(at);
    await eventually(async () => {
      await this.app.app.get(RunStepJob).sweep();
      const due = await this.app.db.query(
        `select from nurture.enrolment where lead_id = any($1::uuid[]) and status = 'active' and due_at <= $2
           and (claimed_until is null or claimed_until <= $2)`,
        [leadIds, at],
      );
      const waiting = await this.app.db.query(
        `select from nurture.enrolment where lead_id = any($1::uuid[]) and claimed_until > $2`,
        [leadIds, at],
      );
      return due.length + waiting.length === 0;
    });
  }

  /** What was told of a lead: `letter-sent welcome`, `ended completed` … */
  async told(leadId: LeadId): Promise<string[]> {
    const said = await this.app.said(leadId, NurtureProgressed);
    return said.map(({ data }) => [data.what, data.step, data.reason].filter(Boolean).join(' '));
  }

  async engagements(leadId: LeadId): Promise<string[]> {
    return (await this.app.said(leadId, LeadEngaged)).map(({ data }) => data.kind);
  }

  /** Letters in the outbox to an address, oldest name first. */
  async lettersTo(facts: LeadFacts): Promise<string[]> {
    const directory = join(this.app.dataDirectory, 'outbox');
    const names = await readdir(directory).catch(() => [] as string[]);
    const letters = await Promise.all(names.sort().map((name) => readFile(join(directory, name), 'utf8')));
    return letters.filter((letter) => letter.includes(`To: ${facts.person.email}`));
  }

  async enrolments(leadId: LeadId): Promise<Record<string, unknown>[]> {
    const { json } = await this.app.call('GET', `/api/nurture/enrolments?leadId=${leadId}`);
    return (json as { items: Record<string, unknown>[] }).items;
  }
}

export const factsOf = (over: Partial<LeadFacts> = {}, person: LeadFacts['person'] = {}): LeadFacts => ({
  person: { firstName: 'Ada', email: `ada-${anId()}@engines.example`, country: 'FR', language: 'en', ...person },
  company: { name: 'Engines' },
  request: {},
  attribution: { sourceKey: 'site' as SourceKey },
  consents: [{ purpose: 'marketing', granted: true, at: '2025-11-01T00:00:00Z' }],
  test: false,
  occurredAt: wednesday.toISOString(),
  receivedAt: wednesday.toISOString(),
  ...over,
});

export const nurtured = (
  leadId: LeadId,
  facts: LeadFacts,
  more: { track?: string; resumeAt?: string } = {},
): Announcement => {
  const track = more.track === undefined ? {} : { track: more.track as TrackKey };
  const resumeAt = more.resumeAt === undefined ? {} : { resumeAt: more.resumeAt };
  return announceNew(LeadNurtured, {
    by: 'routing',
    at: wednesday,
    data: { leadId, reason: 'not-ready', facts, ...track, ...resumeAt },
  });
};

export const assigned = (leadId: LeadId, assignmentId = anId<AssignmentId>()): Announcement =>
  announceNew(LeadAssigned, {
    by: 'routing',
    at: wednesday,
    data: {
      leadId,
      assignmentId,
      round: 1,
      kind: 'first',
      member: 'lea' as MemberKey,
      team: 'sales' as TeamKey,
      managers: [],
      why: 'fewest leads',
      calendar: { timeZone: 'UTC', weekly: 'always', specialDays: [], closedOn: [], frozenYears: [] },
      traits: traitsOf(factsOf()),
    },
  });

export const contacted = (leadId: LeadId, at: Date): Announcement =>
  announceNew(LeadContacted, {
    by: 'routing',
    at: wednesday,
    data: {
      leadId,
      contactId: anId<ContactId>(),
      assignmentId: anId<AssignmentId>(),
      round: 1,
      assignment: 'current',
      member: 'lea' as MemberKey,
      recordedBy: 'lea',
      channel: 'call',
      outcome: 'NRP',
      grade: 'C',
      at: at.toISOString(),
    },
  });

export const moved = (leadId: LeadId, to: Stage, assignmentId?: AssignmentId): Announcement =>
  announceNew(LeadStageChanged, {
    by: 'routing',
    at: wednesday,
    data: {
      leadId,
      from: 'sal',
      to,
      move: 'stop',
      ...(assignmentId === undefined ? {} : { assignmentId }),
      endsAssignment: true,
      by: 'lea',
    },
  });

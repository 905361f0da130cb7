import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { LeadAssigned } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { ClockBook } from '../clocks/clock-book.js';
import { occasionOf } from '../clocks/occasion-of.js';
import { findPolicy } from '../decide/compile-policy.js';
import type { CompiledPolicy } from '../decide/compile-policy.js';
import { decideAnswer } from '../decide/decide-answer.js';
import { decideStop } from '../decide/decide-end.js';
import type { ClockChange, SlaClock } from '../decide/sla-clock.js';
import { promiseFacts, startClocks } from '../decide/start-clocks.js';
import { AssignmentRepository } from '../store/assignment.repository.js';
import type { KnownAssignment } from '../store/assignment.repository.js';
import { CalendarRepository } from '../store/calendar.repository.js';
import type { KeptCalendar } from '../store/calendar.repository.js';
import { ClockRepository } from '../store/clock.repository.js';
import { LeadRepository } from '../store/lead.repository.js';
import { PolicyRepository } from '../store/policy.repository.js';

type Assigned = Envelope<LeadAssigned>;

interface Promised {
  readonly event: Assigned;
  readonly calendar: KeptCalendar;
  readonly policy: CompiledPolicy | null;
}

/** Somebody owns the lead: it waits for an owner no longer, the owner before promises nothing more, the new one does. */
@Controller()
export class OnLeadAssigned {
  constructor(
    private readonly policies: PolicyRepository,
    private readonly leads: LeadRepository,
    private readonly calendars: CalendarRepository,
    private readonly assignments: AssignmentRepository,
    private readonly clocks: ClockRepository,
    private readonly book: ClockBook,
  ) {}

  @Consume('sla-watchdog', LeadAssigned)
  async handle(@Payload() events: readonly Assigned[], @Ctx() tx: Tx): Promise<void> {
    const real = events.filter(({ data }) => !data.traits.test);
    if (real.length === 0) return;
    const promised = await this.promise(tx, real);
    await this.assignments.keep(tx, promised.map(assignmentOf));
    await this.answerForOwner(tx, real);

    const starting = promised.flatMap(({ event, calendar, policy }) => {
      if (policy === null) return [];
      const { assignmentId, round, member, team, managers } = event.data;
      const assignment = { id: assignmentId, round };
      const occasion = occasionOf('assigned', event, { assignment, member, team, managers, calendar });
      return startClocks(policy, occasion).map((clock) => ({ clock, cause: event }));
    });
    await this.book.startForOwner(tx, starting);
  }

  private async promise(tx: Tx, events: readonly Assigned[]): Promise<Promised[]> {
    const policies = await this.policies.inForce(tx);
    const scores = await this.leads.scores(
      tx,
      events.map(({ data }) => data.leadId),
    );
    const calendars = await this.calendars.keep(
      tx,
      events.map(({ data }) => data.calendar),
    );
    return events.map((event, index) => {
      const { leadId, traits, calendar } = event.data;
      const kept = calendars[index];
      if (!kept) throw new Error(`The calendar ${calendar.timeZone} was not kept`);
      return { event, calendar: kept, policy: findPolicy(policies, promiseFacts(traits, scores.get(leadId) ?? null)) };
    });
  }

  /** Ends the wait for an owner, and what the owner before was held to. A breach of theirs goes on escalating. */
  private async answerForOwner(tx: Tx, events: readonly Assigned[]): Promise<void> {
    const locked = await this.clocks.lockForOwner(
      tx,
      events.map(({ data }) => data.leadId),
      events.flatMap(({ data }) => data.previous?.assignmentId ?? []),
    );
    const byLead = new Map(events.map((event) => [event.data.leadId, event]));
    const changing = locked.flatMap((clock) => {
      const event = byLead.get(clock.askedFor);
      const change = event && decideForOwner(clock, event);
      return change ? [{ clock, change, cause: event }] : [];
    });
    await this.book.change(tx, changing);
  }
}

function decideForOwner(clock: SlaClock, { data, recordedat }: Assigned): ClockChange | null {
  const recordedAt = new Date(recordedat);
  if ('assigned' in clock.metBy) return decideAnswer(clock, { at: recordedAt, by: 'assigned' }, recordedAt);
  const isPrevious = clock.assignmentId !== null && clock.assignmentId === data.previous?.assignmentId;
  return isPrevious && clock.state !== 'breached' ? decideStop(clock, data.kind, recordedAt) : null;
}

function assignmentOf({ event, calendar, policy }: Promised): KnownAssignment {
  const { data } = event;
  return {
    assignmentId: data.assignmentId,
    round: data.round,
    leadId: data.leadId,
    kind: data.kind,
    member: data.member,
    team: data.team,
    managers: data.managers,
    calendarId: calendar.id,
    policy: policy === null ? null : { key: policy.key, version: policy.version },
    occurredAt: new Date(data.traits.occurredAt),
    receivedAt: new Date(data.traits.receivedAt),
    assignedAt: new Date(event.recordedat),
  };
}

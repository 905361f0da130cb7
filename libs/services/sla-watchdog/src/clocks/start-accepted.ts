import { Injectable } from '@nestjs/common';
import type { Envelope, LeadStageChanged } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { startClocks } from '../decide/start-clocks.js';
import { AssignmentRepository } from '../store/assignment.repository.js';
import { CalendarRepository } from '../store/calendar.repository.js';
import { PolicyRepository, nameOf } from '../store/policy.repository.js';
import { ClockBook } from './clock-book.js';
import { occasionOf } from './occasion-of.js';

/** Starts what an owner promises by accepting a lead, under the policy version that the assignment is held to. */
@Injectable()
export class StartAccepted {
  constructor(
    private readonly assignments: AssignmentRepository,
    private readonly policies: PolicyRepository,
    private readonly calendars: CalendarRepository,
    private readonly book: ClockBook,
  ) {}

  async start(tx: Tx, events: readonly Envelope<LeadStageChanged>[]): Promise<void> {
    const asked = events.flatMap(({ data }) =>
      data.assignmentId === undefined ? [] : [{ assignmentId: data.assignmentId, round: data.round ?? null }],
    );
    const assignments = await this.assignments.find(tx, asked);
    if (assignments.size === 0) return;
    const known = [...assignments.values()];
    const policies = await this.policies.find(
      tx,
      known.flatMap(({ policy }) => policy ?? []),
    );
    const calendars = await this.calendars.find(
      tx,
      known.map(({ calendarId }) => calendarId),
    );
    const starting = events.flatMap((event) => {
      const assignment = event.data.assignmentId && assignments.get(event.data.assignmentId);
      const policy = assignment && assignment.policy && policies.get(nameOf(assignment.policy));
      if (!assignment || !policy) return [];
      const { assignmentId, round, member, team, managers, calendarId } = assignment;
      const calendar = calendars.get(calendarId);
      const occasion = occasionOf('accepted', event, {
        assignment: { id: assignmentId, round },
        member,
        team,
        managers,
        calendar: calendar === undefined ? null : { id: calendarId, calendar },
      });
      return startClocks(policy, occasion).map((clock) => ({ clock, cause: event }));
    });
    await this.book.startForOwner(tx, starting);
  }
}

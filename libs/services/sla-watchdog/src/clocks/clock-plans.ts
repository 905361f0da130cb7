import { Injectable } from '@nestjs/common';
import { EventLog } from '@relance/event-log';
import type { Envelope, MemberChanged } from '@relance/events';
import type { ClockId, MemberKey } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import { announceStarted } from '../decide/announce-clock.js';
import { holdSteps, replanSteps, resumeSteps } from '../decide/decide-replan.js';
import { describeMs } from '../decide/plan-clock.js';
import type { SlaClock } from '../decide/sla-clock.js';
import { Alarms } from '../firing/alarms.js';
import { CalendarRepository } from '../store/calendar.repository.js';
import { ClockPlanRepository } from '../store/clock-plan.repository.js';
import type { MovedClock } from '../store/clock-plan.repository.js';
import type { Cause } from './clock-book.js';
import { ClockNotFound, ClockNotMovable } from './clock-errors.js';

/** Moves clocks that run: pauses, resumes, other calendars. Time that was used stays used; what has fired stays fired. */
@Injectable()
export class ClockPlans {
  constructor(
    private readonly plans: ClockPlanRepository,
    private readonly calendars: CalendarRepository,
    private readonly alarms: Alarms,
    private readonly log: EventLog,
  ) {}

  /** @throws {ClockNotFound} {ClockNotMovable} when it does not run, or is due already. */
  async pause(tx: Tx, clockId: ClockId, reason: string, by: string): Promise<void> {
    const { clock, now } = await this.atHand(tx, clockId);
    if (clock.state !== 'open') throw new ClockNotMovable(standingOf(clock), `is ${clock.state}: it does not run`);
    if (clock.dueAt <= now) throw new ClockNotMovable(standingOf(clock), 'is due already');
    const calendars = await this.calendars.find(tx, [clock.calendarId]);
    const waiting = (await this.plans.waitingSteps(tx, [clockId])).get(clockId) ?? [];
    const held = holdSteps(waiting, calendars.get(clock.calendarId ?? '') ?? null, now);
    await this.plans.pause(tx, clockId, held, { kind: 'paused', at: now, recordedAt: now, data: { reason, by } });
  }

  /** Counts the time that was left on from now. @throws {ClockNotFound} {ClockNotMovable} when it is not paused. */
  async resume(tx: Tx, clockId: ClockId, by: string): Promise<void> {
    const { clock, now } = await this.atHand(tx, clockId);
    if (clock.pausedAt === null) throw new ClockNotMovable(standingOf(clock), `is ${clock.state}: it is not paused`);
    const calendars = await this.calendars.find(tx, [clock.calendarId]);
    const held = await this.plans.heldSteps(tx, clockId);
    const steps = resumeSteps(held, calendars.get(clock.calendarId ?? '') ?? null, now);
    const breach = held.find(({ kind }) => kind === 'breach')?.step;
    const dueAt = steps.find(({ step }) => step === breach)?.dueAt ?? clock.dueAt;
    const pausedMs = now.getTime() - clock.pausedAt.getTime();
    const moved = movedTo(clock, {
      dueAt,
      steps,
      calendarId: clock.calendarId,
      why: `paused for ${describeMs(Math.round(pausedMs / 1_000) * 1_000)}`,
      line: { kind: 'resumed', at: now, recordedAt: now, data: { by, pausedMs, dueAt: dueAt.toISOString() } },
    });
    await this.plans.resume(tx, moved);
    await this.tell(tx, [{ clock, moved, cause: { id: clock.causedBy, correlationid: clock.correlationId } }]);
  }

  /** Counts what is left of running promises on their owners' other calendars. */
  async replan(
    tx: Tx,
    members: readonly { member: MemberKey; calendarId: string }[],
    events: ReadonlyMap<MemberKey, Envelope<MemberChanged>>,
  ): Promise<void> {
    const clocks = await this.plans.lockOfMembers(tx, members);
    if (clocks.length === 0) return;
    const ids = clocks.map(({ id }) => id);
    const calendars = await this.calendars.find(
      tx,
      clocks.flatMap(({ calendarId, newCalendarId }) => [calendarId, newCalendarId]),
    );
    const waiting = await this.plans.waitingSteps(tx, ids);
    const breaches = await this.plans.breachSteps(tx, ids);

    const planned = clocks.flatMap((clock) => {
      const event = clock.member === null ? undefined : events.get(clock.member);
      if (!event || clock.state !== 'open') return [];
      const at = new Date(event.recordedat);
      const before = calendars.get(clock.calendarId ?? '') ?? null;
      const after = calendars.get(clock.newCalendarId) ?? null;
      const steps = replanSteps(waiting.get(clock.id) ?? [], before, after, at);
      const dueAt = steps.find(({ step }) => step === breaches.get(clock.id))?.dueAt;
      if (dueAt === undefined || dueAt.getTime() === clock.dueAt.getTime()) return [];
      const data = { from: clock.dueAt.toISOString(), to: dueAt.toISOString(), why: 'calendar edited' };
      const line = { kind: 'replanned', at, recordedAt: at, data } as const;
      const plan = { dueAt, steps, calendarId: clock.newCalendarId, why: 'calendar edited', line };
      return [{ clock, moved: movedTo(clock, plan), cause: event }];
    });
    await this.plans.move(
      tx,
      planned.map(({ moved }) => moved),
    );
    const isMoved = new Set(planned.map(({ clock }) => clock.id));
    await this.plans.useCalendars(
      tx,
      clocks
        .filter(({ id }) => !isMoved.has(id))
        .map(({ id, newCalendarId }) => ({ clockId: id, calendarId: newCalendarId })),
    );
    await this.tell(tx, planned);
  }

  private async atHand(tx: Tx, clockId: ClockId): Promise<{ clock: SlaClock; now: Date }> {
    const found = await this.plans.lock(tx, clockId);
    if (!found) throw new ClockNotFound(clockId);
    return found;
  }

  private async tell(tx: Tx, planned: readonly { clock: SlaClock; moved: MovedClock; cause: Cause }[]): Promise<void> {
    await this.log.append(
      tx,
      planned.map(({ clock, moved, cause }) => {
        const { dueAt, explanation, line } = moved;
        return announceStarted({ ...clock, dueAt, explanation }, cause, `${line.kind}-${line.at.toISOString()}`);
      }),
    );
    const dueAts = planned.flatMap(({ moved }) => moved.steps.map(({ dueAt }) => dueAt));
    tx.afterCommit(() => this.alarms.expect(dueAts));
  }
}

function movedTo(
  clock: SlaClock,
  plan: Pick<MovedClock, 'dueAt' | 'steps' | 'calendarId' | 'line'> & { why: string },
): MovedClock {
  const { why, ...rest } = plan;
  return { clockId: clock.id, explanation: `${clock.explanation}; ${why}: due ${plan.dueAt.toISOString()}`, ...rest };
}

function standingOf(clock: SlaClock): ConstructorParameters<typeof ClockNotMovable>[0] {
  return { clockId: clock.id, state: clock.state, dueAt: clock.dueAt.toISOString() };
}

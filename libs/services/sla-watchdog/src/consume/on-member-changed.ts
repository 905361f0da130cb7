import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { MemberChanged } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { ClockPlans } from '../clocks/clock-plans.js';
import { CalendarRepository } from '../store/calendar.repository.js';
import { MemberRepository } from '../store/member.repository.js';

/** A person changed: alerts find them where they are now, and their running promises count on their present calendar. */
@Controller()
export class OnMemberChanged {
  constructor(
    private readonly members: MemberRepository,
    private readonly calendars: CalendarRepository,
    private readonly plans: ClockPlans,
  ) {}

  @Consume('sla-watchdog', MemberChanged)
  async handle(@Payload() events: readonly Envelope<MemberChanged>[], @Ctx() tx: Tx): Promise<void> {
    const calendars = await this.calendars.keep(
      tx,
      events.map(({ data }) => data.calendar),
    );
    const snapshots = events.flatMap(({ data }, index) => {
      const calendar = calendars[index];
      return calendar ? [{ member: data, calendarId: calendar.id }] : [];
    });
    const fresh = await this.members.keep(tx, snapshots);
    await this.plans.replan(tx, fresh, new Map(events.map((event) => [event.data.member, event])));
  }
}

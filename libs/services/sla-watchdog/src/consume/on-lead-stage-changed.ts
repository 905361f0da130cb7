import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { LeadStageChanged } from '@relance/events';
import type { Envelope } from '@relance/events';
import { isWorked } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import { ClockBook } from '../clocks/clock-book.js';
import { StartAccepted } from '../clocks/start-accepted.js';
import { decideEnd, isOutcome } from '../decide/decide-end.js';
import { ClockRepository } from '../store/clock.repository.js';

type StageChanged = Envelope<LeadStageChanged>;

/** The lead moved: its owner accepted it or said how it went, or nobody works on it any more. */
@Controller()
export class OnLeadStageChanged {
  constructor(
    private readonly clocks: ClockRepository,
    private readonly accepted: StartAccepted,
    private readonly book: ClockBook,
  ) {}

  @Consume('sla-watchdog', LeadStageChanged)
  async handle(@Payload() events: readonly StageChanged[], @Ctx() tx: Tx): Promise<void> {
    await this.end(
      tx,
      events.filter(({ data }) => data.endsAssignment || !isWorked(data.to) || isOutcome(data.move)),
    );
    await this.accepted.start(
      tx,
      events.filter(({ data }) => data.move === 'accept'),
    );
  }

  private async end(tx: Tx, events: readonly StageChanged[]): Promise<void> {
    const byLead = new Map(events.map((event) => [event.data.leadId, event]));
    const locked = await this.clocks.lock(tx, [...byLead.keys()]);
    const changing = locked.flatMap((clock) => {
      const event = byLead.get(clock.askedFor);
      if (!event) return [];
      const moved = { ...event.data, assignmentId: event.data.assignmentId ?? null };
      const change = decideEnd(clock, moved, new Date(event.recordedat));
      return change === null ? [] : [{ clock, change, cause: event }];
    });
    await this.book.change(tx, changing);
  }
}

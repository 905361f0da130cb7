import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Clock } from '@relance/clock';
import { Consume } from '@relance/event-log';
import { LeadErased, LeadMerged, LeadUnmerged } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { Progress } from '../letters/progress.js';
import type { Telling } from '../letters/progress.js';
import { EnrolmentRepository } from '../store/enrolment.repository.js';
import { LeadRepository } from '../store/lead.repository.js';

/** Who a lead is. Merges are said under both keys: either is enough, and the second changes nothing. */
@Controller()
export class OnLeadIdentity {
  constructor(
    private readonly leads: LeadRepository,
    private readonly enrolments: EnrolmentRepository,
    private readonly progress: Progress,
    private readonly clock: Clock,
  ) {}

  @Consume('nurture', LeadMerged)
  async merged(@Payload() events: readonly Envelope<LeadMerged>[], @Ctx() tx: Tx): Promise<void> {
    for (const event of events) await this.merge(tx, event, this.clock.now());
  }

  @Consume('nurture', LeadUnmerged)
  async unmerged(@Payload() events: readonly Envelope<LeadUnmerged>[], @Ctx() tx: Tx): Promise<void> {
    for (const { data } of events) {
      const locked = await this.leads.lock(tx, [data.winnerId, data.loserId]);
      const winnerId = locked.get(data.winnerId)?.leadId ?? data.winnerId;
      if (locked.get(data.loserId)?.leadId === data.loserId) continue;
      const family = await this.leads.unmerge(tx, winnerId, data.loserId);
      await this.enrolments.unmerge(tx, data.loserId, family);
    }
  }

  @Consume('nurture', LeadErased)
  async erased(@Payload() events: readonly Envelope<LeadErased>[], @Ctx() tx: Tx): Promise<void> {
    const leadIds = events.map((event) => event.data.leadId);
    await this.leads.forget(tx, leadIds);
    await this.enrolments.forget(tx, leadIds, this.clock.now());
  }

  private async merge(tx: Tx, event: Envelope<LeadMerged>, now: Date): Promise<void> {
    const { winnerId, loserId } = event.data;
    const leads = await this.leads.lock(tx, [winnerId, loserId]);
    const winner = leads.get(winnerId);
    if (!winner || winner.leadId === leads.get(loserId)?.leadId) return;
    await this.leads.merge(tx, winner, loserId);
    const ended = await this.enrolments.merge(tx, winner.leadId, loserId, now);
    const after = (await this.leads.lock(tx, [winnerId])).get(winnerId);
    const suspended =
      after === undefined || after.openAssignmentId === null ? [] : await this.enrolments.suspend(tx, [after.leadId]);
    if (after?.isErased === true) await this.enrolments.forget(tx, [after.leadId], now);
    await this.progress.tell(
      tx,
      [
        ...ended.map((enrolment): Telling => ({ enrolment, what: 'ended', reason: 'merged', parent: event })),
        ...suspended.map((enrolment): Telling => {
          return { enrolment, what: 'suspended', reason: 'open-assignment', parent: event };
        }),
      ],
      now,
    );
  }
}

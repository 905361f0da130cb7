import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import {
  LeadAssigned,
  LeadContacted,
  LeadHeld,
  LeadNurtured,
  LeadStageChanged,
  LeadTold,
  MemberChanged,
  NurtureProgressed,
} from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { foldAssigned, foldHeld, foldNurtured, foldStageChanged } from '../decide/fold-lead.js';
import type { Standing } from '../decide/fold-lead.js';
import { LeadRepository } from '../store/lead.repository.js';
import { MemberRepository } from '../store/member.repository.js';
import { TimelineRepository } from '../store/timeline.repository.js';

/** Who has the lead, and what they did with it. */
@Controller()
export class OnLeadWork {
  constructor(
    private readonly leads: LeadRepository,
    private readonly timeline: TimelineRepository,
    private readonly members: MemberRepository,
  ) {}

  @Consume('desk', LeadAssigned)
  async assigned(@Payload() events: readonly Envelope<LeadAssigned>[], @Ctx() tx: Tx): Promise<void> {
    await this.fold(tx, events, foldAssigned);
  }

  @Consume('desk', LeadHeld)
  async held(@Payload() events: readonly Envelope<LeadHeld>[], @Ctx() tx: Tx): Promise<void> {
    await this.fold(tx, events, foldHeld);
  }

  @Consume('desk', LeadNurtured)
  async nurtured(@Payload() events: readonly Envelope<LeadNurtured>[], @Ctx() tx: Tx): Promise<void> {
    await this.fold(tx, events, foldNurtured);
  }

  @Consume('desk', LeadStageChanged)
  async stageChanged(@Payload() events: readonly Envelope<LeadStageChanged>[], @Ctx() tx: Tx): Promise<void> {
    await this.fold(tx, events, foldStageChanged);
  }

  @Consume('desk', LeadContacted)
  async contacted(@Payload() events: readonly Envelope<LeadContacted>[], @Ctx() tx: Tx): Promise<void> {
    await this.timeline.append(tx, events);
  }

  @Consume('desk', LeadTold)
  async told(@Payload() events: readonly Envelope<LeadTold>[], @Ctx() tx: Tx): Promise<void> {
    await this.timeline.append(tx, events);
  }

  @Consume('desk', NurtureProgressed)
  async progressed(@Payload() events: readonly Envelope<NurtureProgressed>[], @Ctx() tx: Tx): Promise<void> {
    await this.timeline.append(tx, events);
  }

  @Consume('desk', MemberChanged)
  async memberChanged(@Payload() events: readonly Envelope<MemberChanged>[], @Ctx() tx: Tx): Promise<void> {
    await this.members.keep(tx, events);
  }

  private async fold<Data extends { leadId: string }>(
    tx: Tx,
    events: readonly Envelope<Data>[],
    change: (standing: Standing, data: Data) => Standing,
  ): Promise<void> {
    const before = await this.leads.standings(
      tx,
      events.map((event) => event.data.leadId),
    );
    const after = new Map<string, Standing>();
    for (const { data } of events) {
      const standing = before.get(data.leadId);
      if (standing) after.set(data.leadId, change(standing, data));
    }
    await this.leads.stand(tx, after);
    await this.timeline.append(tx, events);
  }
}

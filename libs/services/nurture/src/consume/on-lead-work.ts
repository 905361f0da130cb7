import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Clock } from '@relance/clock';
import { Consume } from '@relance/event-log';
import { LeadAssigned, LeadContacted, LeadStageChanged } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { LeadId, Stage } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import { Progress } from '../letters/progress.js';
import { EnrolmentRepository } from '../store/enrolment.repository.js';
import { LeadRepository } from '../store/lead.repository.js';
import type { NurtureLead } from '../store/lead.repository.js';

/** Stages after which nobody is written to, unless routing sends the lead back to marketing. */
const closed: ReadonlySet<Stage> = new Set<Stage>(['won', 'lost', 'disqualified', 'stopped']);

/** What sales does with a lead, as far as it holds letters back. */
@Controller()
export class OnLeadWork {
  constructor(
    private readonly leads: LeadRepository,
    private readonly enrolments: EnrolmentRepository,
    private readonly progress: Progress,
    private readonly clock: Clock,
  ) {}

  /** Somebody owns it: every track waits until the lead is marketing's again. */
  @Consume('nurture', LeadAssigned)
  async assigned(@Payload() events: readonly Envelope<LeadAssigned>[], @Ctx() tx: Tx): Promise<void> {
    const heard = await this.known(tx, events);
    await this.leads.assign(
      tx,
      heard.map(({ event, lead }) => ({ leadId: lead.leadId, assignmentId: event.data.assignmentId })),
    );
    const parents = new Map(heard.map(({ event, lead }) => [lead.leadId, event]));
    const suspended = await this.enrolments.suspend(tx, [...parents.keys()]);
    await this.progress.tell(
      tx,
      suspended.map((enrolment) => ({
        enrolment,
        what: 'suspended',
        reason: 'open-assignment',
        parent: parents.get(enrolment.leadId),
      })),
      this.clock.now(),
    );
  }

  /** Stated times may lie in the future by mistake; a contact was made at the latest when it was recorded. */
  @Consume('nurture', LeadContacted)
  async contacted(@Payload() events: readonly Envelope<LeadContacted>[], @Ctx() tx: Tx): Promise<void> {
    const heard = await this.known(tx, events);
    await this.leads.contact(
      tx,
      heard.map(({ event, lead }) => ({
        leadId: lead.leadId,
        at: new Date(Math.min(Date.parse(event.data.at), Date.parse(event.recordedat))),
      })),
    );
  }

  @Consume('nurture', LeadStageChanged)
  async stageChanged(@Payload() events: readonly Envelope<LeadStageChanged>[], @Ctx() tx: Tx): Promise<void> {
    const heard = await this.known(tx, events);
    await this.leads.assign(
      tx,
      heard
        .filter(({ event, lead }) => {
          const { endsAssignment, assignmentId } = event.data;
          return endsAssignment && (assignmentId ?? lead.openAssignmentId) === lead.openAssignmentId;
        })
        .map(({ lead }) => ({ leadId: lead.leadId, assignmentId: null })),
    );
    const ends = heard.filter(({ event }) => closed.has(event.data.to));
    const parents = new Map(ends.map(({ event, lead }) => [lead.leadId as LeadId, event]));
    const now = this.clock.now();
    const ended = await this.enrolments.endOfLeads(
      tx,
      [...parents].map(([leadId, event]) => ({ leadId, reason: event.data.to })),
      now,
    );
    await this.progress.tell(
      tx,
      ended.map((enrolment) => ({
        enrolment,
        what: 'ended',
        reason: enrolment.reason,
        parent: parents.get(enrolment.leadId),
      })),
      now,
    );
  }

  private async known<Data extends { leadId: string }>(
    tx: Tx,
    events: readonly Envelope<Data>[],
  ): Promise<{ event: Envelope<Data>; lead: NurtureLead }[]> {
    const leads = await this.leads.lock(
      tx,
      events.map((event) => event.data.leadId),
    );
    return events.flatMap((event) => {
      const lead = leads.get(event.data.leadId);
      return lead && !lead.isErased ? [{ event, lead }] : [];
    });
  }
}

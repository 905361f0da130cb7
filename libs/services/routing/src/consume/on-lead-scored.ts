import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { LeadAssigned, LeadNurtured, LeadScored, LeadStageChanged } from '@relance/events';
import type { Envelope } from '@relance/events';
import { traitsOf } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import { decideVerdict } from '../decide/decide-verdict.js';
import { newLead } from '../decide/lead-state.js';
import type { ActiveAssignment, LeadState } from '../decide/lead-state.js';
import { LeadRepository } from '../store/lead.repository.js';
import { OrganisationRepository } from '../store/organisation.repository.js';
import type { Changes } from '../steps/changes.js';
import { managersOf } from '../steps/claims.js';
import type { Claim } from '../steps/claims.js';
import { Settlement } from '../steps/settlement.js';
import { storyAfter } from '../steps/story.js';

interface AskedAgain {
  readonly event: Envelope<LeadScored>;
  readonly lead: LeadState;
  readonly assignment: ActiveAssignment;
}

/** A verdict: sales-ready leads get an owner, the others go where they belong. */
@Controller()
export class OnLeadScored {
  constructor(
    private readonly leads: LeadRepository,
    private readonly organisations: OrganisationRepository,
    private readonly settlement: Settlement,
  ) {}

  @Consume('routing', LeadScored)
  async handle(@Payload() events: readonly Envelope<LeadScored>[], @Ctx() tx: Tx): Promise<void> {
    const changes = this.settlement.begin();
    const known = await this.leads.lock(
      tx,
      events.map((event) => event.data.leadId),
    );
    const claims: Claim[] = [];
    const askedAgain: AskedAgain[] = [];

    for (const event of events) {
      const stored = known.get(event.data.leadId) ?? null;
      if (stored?.isErased) continue;
      const lead = refreshed(changes.latest(stored ?? newLead(event.data.leadId)), event);
      changes.lead(stored, lead);
      // Two keys of one merged person may stand in one batch.
      if ([...claims, ...askedAgain].some((other) => other.lead.leadId === lead.leadId)) continue;
      this.decide(event, lead, { changes, claims, askedAgain });
    }

    await this.askAgain(tx, askedAgain, changes);
    await this.settlement.settle(tx, claims, changes);
  }

  private decide(
    event: Envelope<LeadScored>,
    lead: LeadState,
    { changes, claims, askedAgain }: { changes: Changes; claims: Claim[]; askedAgain: AskedAgain[] },
  ): void {
    const { submissionId, facts } = event.data;
    const story = storyAfter(event, 'verdict', changes.now);
    const decision = decideVerdict(lead, event.data, changes.now);
    switch (decision.kind) {
      case 'forget':
      case 'refresh':
        return;
      case 'choose':
        claims.push({ reason: 'asked', lead, facts: lead.facts ?? facts, story, submissionId, by: 'routing' });
        return;
      case 'ask-again':
        if (lead.assignment) askedAgain.push({ event, lead, assignment: lead.assignment });
        return;
      case 'nurture':
        changes.lead(lead, { ...lead, stage: decision.stage, restsUntil: null });
        changes.say(
          story.tell(LeadNurtured, { leadId: lead.leadId, reason: decision.reason, facts: lead.facts ?? facts }),
        );
        return;
      case 'move':
        changes.lead(lead, { ...lead, stage: decision.stage });
        changes.say(
          story.tell(LeadStageChanged, {
            leadId: lead.leadId,
            from: lead.stage,
            to: decision.stage,
            move: decision.move,
            ...(decision.reason === undefined ? {} : { reason: decision.reason }),
            endsAssignment: false,
            by: 'routing',
          }),
        );
    }
  }

  /** The owner keeps the lead and owes a new answer. */
  private async askAgain(tx: Tx, askedAgain: readonly AskedAgain[], changes: Changes): Promise<void> {
    if (askedAgain.length === 0) return;
    const organisation = await this.organisations.current(tx);
    for (const { event, lead, assignment } of askedAgain) {
      const owner = organisation.members.get(assignment.member);
      if (!owner) continue;
      const round = lead.round + 1;
      changes.lead(lead, { ...changes.latest(lead), round, roundStartedAt: changes.now, contacted: null });
      changes.rounds.push({ assignmentId: assignment.assignmentId, round });
      changes.say(
        storyAfter(event, 'verdict', changes.now).tell(LeadAssigned, {
          leadId: lead.leadId,
          assignmentId: assignment.assignmentId,
          round,
          kind: 'asked-again',
          member: owner.key,
          team: owner.team,
          managers: managersOf(organisation, owner.team),
          ...(event.data.submissionId === undefined ? {} : { submissionId: event.data.submissionId }),
          ...(assignment.pool === null ? {} : { pool: assignment.pool }),
          ...(assignment.rule === null ? {} : { rule: assignment.rule }),
          why: 'asked again: its owner keeps it',
          calendar: owner.calendar,
          traits: traitsOf(lead.facts ?? event.data.facts),
        }),
      );
    }
  }
}

/**
 * The lead with what the score says of it. A snapshot older than the one known changes nothing, and one that was
 * addressed to a lead merged since leaves the winner's facts alone.
 */
function refreshed(lead: LeadState, { data, correlationid }: Envelope<LeadScored>): LeadState {
  const isAddressed = lead.leadId === data.leadId;
  if (lead.facts !== null && (!isAddressed || data.revision <= lead.scoreRevision)) return lead;
  return {
    ...lead,
    facts: data.facts,
    score: { fit: data.fit, engagement: data.engagement, grade: data.grade, temperature: data.temperature },
    scoreRevision: isAddressed ? data.revision : lead.scoreRevision,
    correlationId: lead.correlationId ?? correlationid,
    isTest: data.test,
  };
}

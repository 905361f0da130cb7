import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { ConfigOf } from '@relance/config';
import { Consume } from '@relance/event-log';
import { SlaBreached } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import { decideReassignment } from '../decide/decide-reassignment.js';
import { routingConfig } from '../routing.config.js';
import { LeadRepository } from '../store/lead.repository.js';
import { PromiseRepository } from '../store/promise.repository.js';
import type { Claim } from '../steps/claims.js';
import { Settlement } from '../steps/settlement.js';
import { storyAfter } from '../steps/story.js';

/**
 * A promise was broken. Where the policy says so, and the assignment it names is still active and unanswered, somebody
 * else gets the lead; everything else is noted and leaves it where it is.
 */
@Controller()
export class OnSlaBreached {
  constructor(
    private readonly leads: LeadRepository,
    private readonly promises: PromiseRepository,
    private readonly settlement: Settlement,
    @Inject(routingConfig.token) private readonly config: ConfigOf<typeof routingConfig>,
  ) {}

  @Consume('routing', SlaBreached)
  async handle(@Payload() events: readonly Envelope<SlaBreached>[], @Ctx() tx: Tx): Promise<void> {
    await this.promises.note(
      tx,
      events.map(({ data }) => ({ ...data, isRunning: false })),
    );
    const asked = events.filter(({ data }) => data.assignmentId !== undefined && data.actions.includes('reassign'));
    if (asked.length === 0) return;

    const known = await this.leads.lock(
      tx,
      asked.map(({ data }) => data.leadId),
    );
    const losses = await this.leads.losses(tx, [...new Set([...known.values()].map((lead) => lead.leadId))]);
    const changes = this.settlement.begin();
    const claims: Claim[] = [];
    for (const event of asked) {
      const { leadId, assignmentId, round, evidence } = event.data;
      const lead = known.get(leadId);
      if (!lead?.facts || assignmentId === undefined) continue;
      if (claims.some((claim) => claim.lead.leadId === lead.leadId)) continue;
      const decision = decideReassignment(
        lead,
        { assignmentId, round: round ?? null, evidence: evidence ?? null },
        losses.get(lead.leadId)?.silences ?? 0,
        this.config.ROUTING_MAX_REASSIGNMENTS,
      );
      if (decision.kind === 'leave') continue;
      const story = storyAfter(event, 'reassign', changes.now);
      claims.push({
        reason: 'silence',
        lead,
        facts: lead.facts,
        story,
        onlyManager: decision.onlyManager,
        by: 'routing',
      });
    }
    await this.settlement.settle(tx, claims, changes);
  }
}

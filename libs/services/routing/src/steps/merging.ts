import { Injectable } from '@nestjs/common';
import { LeadAssigned, LeadStageChanged } from '@relance/events';
import { isWorked, traitsOf } from '@relance/lead';
import type { LeadId } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import { decideMerge } from '../decide/decide-merge.js';
import type { LeadState } from '../decide/lead-state.js';
import { AssignmentRepository } from '../store/assignment.repository.js';
import { HoldingRepository } from '../store/holding.repository.js';
import { LeadRepository } from '../store/lead.repository.js';
import { MergeRepository } from '../store/merge.repository.js';
import { OrganisationRepository } from '../store/organisation.repository.js';
import type { Changes } from './changes.js';
import { managersOf } from './claims.js';
import type { Claim } from './claims.js';
import type { Story } from './story.js';

/** Two leads that are one person: one owner, and one place to look things up. */
@Injectable()
export class Merging {
  constructor(
    private readonly merges: MergeRepository,
    private readonly leads: LeadRepository,
    private readonly assignments: AssignmentRepository,
    private readonly holdings: HoldingRepository,
    private readonly organisations: OrganisationRepository,
  ) {}

  /** Said under both keys; the second time there is nothing left to do. */
  async merge(tx: Tx, winnerId: LeadId, loserId: LeadId, story: Story, changes: Changes): Promise<void> {
    await this.merges.ensure(tx, [winnerId, loserId]);
    await this.leads.lock(tx, [winnerId, loserId]);
    if ((await this.merges.mergedInto(tx, loserId)) !== null) return;
    const known = await this.leads.lock(tx, [winnerId, loserId]);
    const winner = known.get(winnerId);
    const loser = known.get(loserId);
    if (!winner || !loser || winner.leadId === loser.leadId) return;

    const decision = decideMerge(winner, loser);
    const movesAssignment = decision.assignment === 'moves' && loser.assignment !== null;
    changes.lead(loser, { ...loser, assignment: null, holding: null });
    changes.lead(winner, {
      ...winner,
      stage: decision.stage,
      contacted: decision.contacted,
      facts: winner.facts ?? loser.facts,
      score: winner.score ?? loser.score,
      correlationId: winner.correlationId ?? loser.correlationId,
      isTest: winner.isTest && loser.isTest,
      ...(movesAssignment || decision.holding === 'moves'
        ? { round: loser.round, roundStartedAt: loser.roundStartedAt }
        : {}),
    });
    if (decision.closesWinnersHolding && winner.holding)
      changes.released.push({ holdingId: winner.holding.holdingId, endedFor: 'merged' });
    if (decision.holding === 'closes' && loser.holding)
      changes.released.push({ holdingId: loser.holding.holdingId, endedFor: 'merged' });
    if (decision.holding === 'moves' && loser.holding)
      await this.holdings.move(tx, loser.holding.holdingId, winner.leadId);
    if (decision.assignment === 'closes') this.close(loser, story, changes);
    if (movesAssignment && loser.assignment) {
      await this.assignments.move(tx, loser.assignment.assignmentId, winner.leadId);
      await this.sayMoved(
        tx,
        { ...loser, leadId: winner.leadId },
        'came with a lead that proved to be the same person',
        story,
        changes,
      );
    }
    await this.merges.merge(tx, {
      loserId: loser.leadId,
      winnerId: winner.leadId,
      movedAssignmentId: movesAssignment ? (loser.assignment?.assignmentId ?? null) : null,
      winnerStage: winner.stage,
    });
  }

  /**
   * What moved goes back, if it is still there. A lead that sales had, and that has nobody now, gets an owner.
   *
   * @returns the claim of such a lead.
   */
  async unmerge(tx: Tx, winnerId: LeadId, loserId: LeadId, story: Story, changes: Changes): Promise<Claim | null> {
    await this.leads.lock(tx, [winnerId, loserId]);
    const merge = await this.merges.unmerge(tx, loserId, winnerId);
    if (!merge) return null;
    const known = await this.leads.lock(tx, [winnerId, loserId]);
    const winner = known.get(winnerId);
    const loser = known.get(loserId);
    if (!winner || !loser || loser.isErased) return null;

    if (merge.movedAssignmentId !== null && winner.assignment?.assignmentId === merge.movedAssignmentId) {
      await this.assignments.move(tx, merge.movedAssignmentId, loser.leadId);
      const { round, roundStartedAt, contacted, stage, assignment } = winner;
      changes.lead(loser, { ...loser, round, roundStartedAt, contacted, stage, assignment });
      changes.lead(winner, { ...winner, stage: merge.winnerStage, assignment: null });
      changes.say(
        story.tell(LeadStageChanged, {
          leadId: winner.leadId,
          from: winner.stage,
          to: merge.winnerStage,
          move: 'unmerged',
          endsAssignment: true,
          by: 'routing',
        }),
      );
      await this.sayMoved(
        tx,
        { ...winner, leadId: loser.leadId, facts: loser.facts ?? winner.facts },
        'the merge was taken back',
        story,
        changes,
      );
      return null;
    }
    if (!isWorked(loser.stage) || loser.assignment || loser.holding || loser.isTest || !loser.facts) return null;
    return { reason: 'asked', lead: loser, facts: loser.facts, story, by: 'routing' };
  }

  private close(loser: LeadState, story: Story, changes: Changes): void {
    if (!loser.assignment) return;
    changes.end(loser, 'merged');
    changes.say(
      story.tell(LeadStageChanged, {
        leadId: loser.leadId,
        from: loser.stage,
        to: loser.stage,
        move: 'merged',
        assignmentId: loser.assignment.assignmentId,
        round: loser.round,
        member: loser.assignment.member,
        endsAssignment: true,
        by: 'routing',
      }),
    );
  }

  /** The same assignment under another lead's key: whoever follows that lead has to know of its owner. */
  private async sayMoved(tx: Tx, lead: LeadState, why: string, story: Story, changes: Changes): Promise<void> {
    const organisation = await this.organisations.current(tx);
    const { assignment, facts } = lead;
    const owner = assignment && organisation.members.get(assignment.member);
    if (!assignment || !owner || !facts) return;
    changes.say(
      story.tell(LeadAssigned, {
        leadId: lead.leadId,
        assignmentId: assignment.assignmentId,
        round: lead.round,
        kind: 'manual',
        member: owner.key,
        team: owner.team,
        managers: managersOf(organisation, owner.team),
        why,
        calendar: owner.calendar,
        traits: traitsOf(facts),
      }),
    );
  }
}

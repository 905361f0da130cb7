import { Injectable } from '@nestjs/common';
import { AppError, InvalidInput } from '@relance/errors';
import { LeadAssigned, newId } from '@relance/events';
import { traitsOf } from '@relance/lead';
import type { AssignmentId } from '@relance/lead';
import { Db } from '@relance/postgres';
import type { Member, Organisation } from '../decide/organisation.js';
import { AssignmentOver } from '../routing-errors.js';
import { FloorRepository } from '../store/floor.repository.js';
import { OrganisationRepository } from '../store/organisation.repository.js';
import type { Actor } from './actor-of.js';
import { AssignmentOpening } from './assignment-opening.js';
import type { Opened } from './assignment-opening.js';
import { answerOf } from './assignment-work.js';
import type { WorkAnswer } from './assignment-work.js';
import type { Changes } from './changes.js';
import { managersOf } from './claims.js';
import { Nudge } from './nudge.js';
import { Settlement } from './settlement.js';
import { newStory } from './story.js';

/** Leads that change hands because somebody says so. */
@Injectable()
export class HandingOver {
  constructor(
    private readonly db: Db,
    private readonly opening: AssignmentOpening,
    private readonly settlement: Settlement,
    private readonly floors: FloorRepository,
    private readonly organisations: OrganisationRepository,
    private readonly nudge: Nudge,
  ) {}

  /** Back to the pool: somebody else gets it, or it waits. @throws {AssignmentNotFound} {NotYours} {AssignmentOver} */
  async release(assignmentId: AssignmentId, actor: Actor): Promise<WorkAnswer> {
    const outcome = await this.db.transaction<WorkAnswer | AppError>(async (tx) => {
      const { assignment, lead } = await this.opening.open(tx, assignmentId, actor);
      if (assignment.endedFor === 'released') return answerOf(assignmentId, lead);
      if (lead.assignment?.assignmentId !== assignmentId || !lead.facts) return over({ assignment, lead });
      const changes = this.settlement.begin();
      const story = newStory(lead.correlationId, changes.now);
      await this.settlement.settle(tx, [{ reason: 'released', lead, facts: lead.facts, story, by: actor.by }], changes);
      this.nudge.afterCommit(tx);
      return answerOf(assignmentId, changes.latest(lead));
    });
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }

  /** To a named person, whoever's turn it is. @throws {AssignmentNotFound} {AssignmentOver} {InvalidInput} */
  async reassign(assignmentId: AssignmentId, to: string, actor: Actor): Promise<WorkAnswer> {
    const outcome = await this.db.transaction<WorkAnswer | AppError>(async (tx) => {
      const opened = await this.opening.open(tx, assignmentId, actor);
      const { assignment, lead } = opened;
      if (lead.assignment?.assignmentId !== assignmentId) {
        const isDone = assignment.endedFor === 'reassigned' && lead.assignment?.member === to;
        return isDone ? answerOf(assignmentId, lead) : over(opened);
      }
      if (assignment.member === to) return answerOf(assignmentId, lead);
      const known = (await this.organisations.current(tx)).members.get(to as Member['key']);
      await this.floors.lockMembers(tx, known ? [known.key, assignment.member] : []);
      const organisation = await this.organisations.current(tx);
      const member = organisation.members.get(to as Member['key']);
      if (!member?.active || member.role === 'operator') return unfit(to);

      const changes = this.settlement.begin();
      this.hand(opened, member, organisation, actor, changes);
      await this.settlement.settle(tx, [], changes);
      this.nudge.afterCommit(tx);
      return answerOf(assignmentId, changes.latest(lead));
    });
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }

  private hand(
    { assignment, lead }: Opened,
    member: Member,
    organisation: Organisation,
    actor: Actor,
    changes: Changes,
  ): void {
    const assignmentId = newId() as AssignmentId;
    const why = `given by ${actor.by}`;
    changes.end(lead, 'reassigned');
    changes.lead(lead, {
      ...lead,
      lastOwner: assignment.member,
      assignment: { assignmentId, member: member.key, team: member.team, kind: 'manual', pool: null, rule: null },
    });
    const { round, leadId } = lead;
    changes.assigned.push({
      assignmentId,
      leadId,
      member: member.key,
      team: member.team,
      kind: 'manual',
      round,
      pool: null,
      rule: null,
      why,
      isCounted: member.rateCaps.length > 0,
    });
    changes.decisions.push({
      leadId,
      assignmentId,
      kind: 'manual',
      chosen: member.key,
      reasoning: {
        rule: null,
        pool: null,
        strategy: 'manual',
        candidates: [{ member: member.key, eligible: true, why }],
        tieBreak: null,
        path: [],
        version: organisation.book.version,
        why,
      },
    });
    if (!lead.facts) return;
    changes.say(
      newStory(lead.correlationId, changes.now).tell(LeadAssigned, {
        leadId,
        assignmentId,
        round,
        kind: 'manual',
        member: member.key,
        team: member.team,
        managers: managersOf(organisation, member.team),
        previous: { assignmentId: assignment.assignmentId, member: assignment.member },
        why,
        calendar: member.calendar,
        traits: traitsOf(lead.facts),
      }),
    );
  }
}

function over({ assignment, lead }: Opened): AppError {
  const { assignmentId, endedFor } = assignment;
  return new AssignmentOver({ assignmentId, owner: lead.assignment?.member ?? null, endedFor });
}

function unfit(to: string): AppError {
  return new InvalidInput([{ pointer: '/to', code: 'unknown-member', message: `${to} is not an active member` }]);
}

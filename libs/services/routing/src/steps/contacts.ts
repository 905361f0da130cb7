import { Injectable } from '@nestjs/common';
import { InvalidInput } from '@relance/errors';
import { LeadContacted, LeadStageChanged, newId } from '@relance/events';
import { isAtLeast } from '@relance/lead';
import type { AssignmentId, Channel, ContactId, Grade, MemberKey } from '@relance/lead';
import { Db } from '@relance/postgres';
import type { Tx } from '@relance/postgres';
import { decideContact } from '../decide/decide-work.js';
import { AssignmentRepository } from '../store/assignment.repository.js';
import { OutcomeRepository } from '../store/outcome.repository.js';
import type { Actor } from './actor-of.js';
import { AssignmentOpening } from './assignment-opening.js';
import type { Opened } from './assignment-opening.js';
import type { Changes } from './changes.js';
import { Settlement } from './settlement.js';
import { newStory } from './story.js';

export interface NewContact {
  readonly channel: Channel;
  readonly outcome: string;
  readonly at?: string | undefined;
  readonly note?: string | undefined;
  readonly nextFollowUpAt?: string | undefined;
  readonly preferredChannel?: string | undefined;
  readonly preferredInterval?: string | undefined;
  readonly reason?: string | undefined;
}

export interface ContactAnswer {
  readonly contactId: ContactId;
  readonly assignment: 'current' | 'superseded';
  readonly owner: MemberKey | null;
}

/** A caller's clock may be this much ahead of ours. */
const toleranceMs = 5_000;

/** Follow-ups that were made. A contact is a fact: it is recorded whoever has the lead by now. */
@Injectable()
export class Contacts {
  constructor(
    private readonly db: Db,
    private readonly opening: AssignmentOpening,
    private readonly assignments: AssignmentRepository,
    private readonly outcomes: OutcomeRepository,
    private readonly settlement: Settlement,
  ) {}

  /** @throws {AssignmentNotFound} {NotYours} {InvalidInput} */
  async record(assignmentId: AssignmentId, contact: NewContact, actor: Actor): Promise<ContactAnswer> {
    return this.db.transaction(async (tx) => {
      const changes = this.settlement.begin();
      const at = contact.at === undefined ? changes.now : new Date(contact.at);
      const grade = await this.outcomes.gradeOf(tx, contact.outcome);
      const opened = await this.opening.open(tx, assignmentId, actor);
      refuseUnknown(contact, grade, at, changes.now);
      return this.note(tx, opened, { contact, at, grade: grade ?? 'C' }, actor, changes);
    });
  }

  private async note(
    tx: Tx,
    { assignment, lead }: Opened,
    { contact, at, grade }: { contact: NewContact; at: Date; grade: Grade },
    actor: Actor,
    changes: Changes,
  ): Promise<ContactAnswer> {
    const contactId = newId() as ContactId;
    const decision = decideContact(assignment, lead);
    const round = decision.assignment === 'current' ? lead.round : assignment.round;
    const nextFollowUpAt = contact.nextFollowUpAt === undefined ? null : new Date(contact.nextFollowUpAt);
    await this.assignments.recordContact(tx, contactId, {
      leadId: lead.leadId,
      assignmentId: assignment.assignmentId,
      round,
      assignment: decision.assignment,
      member: assignment.member,
      recordedBy: actor.by,
      channel: contact.channel,
      outcome: contact.outcome,
      grade,
      at,
      note: lead.isErased ? null : (contact.note ?? null),
      nextFollowUpAt,
      wishes: wishesOf(contact),
    });
    const counts = round === lead.round && !lead.isErased;
    changes.lead(lead, {
      ...lead,
      stage: decision.accepted ?? lead.stage,
      contacted: counts ? better(lead.contacted, grade) : lead.contacted,
    });
    const story = newStory(lead.correlationId, changes.now);
    changes.say(
      story.tell(LeadContacted, {
        leadId: lead.leadId,
        contactId,
        assignmentId: assignment.assignmentId,
        round,
        assignment: decision.assignment,
        member: assignment.member,
        recordedBy: actor.by,
        channel: contact.channel,
        outcome: contact.outcome,
        grade,
        at: at.toISOString(),
        ...(nextFollowUpAt === null ? {} : { nextFollowUpAt: nextFollowUpAt.toISOString() }),
      }),
    );
    if (decision.accepted)
      changes.say(
        story.tell(LeadStageChanged, {
          leadId: lead.leadId,
          from: lead.stage,
          to: decision.accepted,
          move: 'accept',
          assignmentId: assignment.assignmentId,
          round,
          member: assignment.member,
          endsAssignment: false,
          by: actor.by,
        }),
      );
    await this.settlement.settle(tx, [], changes);
    return { contactId, assignment: decision.assignment, owner: lead.assignment?.member ?? null };
  }
}

function refuseUnknown(contact: NewContact, grade: Grade | null, at: Date, now: Date): void {
  const issues = [
    ...(grade === null
      ? [{ pointer: '/outcome', code: 'unknown-outcome', message: `There is no outcome ${contact.outcome}` }]
      : []),
    ...(at.getTime() > now.getTime() + toleranceMs
      ? [{ pointer: '/at', code: 'in-the-future', message: 'A contact that has not been made yet is none' }]
      : []),
  ];
  if (issues.length > 0) throw new InvalidInput(issues);
}

function better(known: Grade | null, grade: Grade): Grade {
  return known !== null && isAtLeast(known, grade) ? known : grade;
}

function wishesOf({ preferredChannel, preferredInterval, reason }: NewContact): Record<string, string> {
  return {
    ...(preferredChannel === undefined ? {} : { preferredChannel }),
    ...(preferredInterval === undefined ? {} : { preferredInterval }),
    ...(reason === undefined ? {} : { reason }),
  };
}

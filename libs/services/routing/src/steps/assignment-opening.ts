import { Injectable } from '@nestjs/common';
import type { AssignmentId } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import type { LeadState } from '../decide/lead-state.js';
import { AssignmentNotFound, NotYours } from '../routing-errors.js';
import { AssignmentRepository } from '../store/assignment.repository.js';
import type { AssignmentRecord } from '../store/assignment.repository.js';
import { LeadRepository } from '../store/lead.repository.js';
import type { Actor } from './actor-of.js';

/** An assignment with its lead, under the lead's lock. */
export interface Opened {
  readonly assignment: AssignmentRecord;
  readonly lead: LeadState;
}

/** Finds an assignment, locks its lead and checks that the caller may act on it. */
@Injectable()
export class AssignmentOpening {
  constructor(
    private readonly assignments: AssignmentRepository,
    private readonly leads: LeadRepository,
  ) {}

  /** @throws {AssignmentNotFound} {NotYours} */
  async open(tx: Tx, assignmentId: AssignmentId, actor: Actor): Promise<Opened> {
    const seen = await this.assignments.find(tx, assignmentId);
    if (!seen) throw new AssignmentNotFound(assignmentId);
    if (actor.onlyFor !== null && seen.member !== actor.onlyFor) throw new NotYours();
    const lead = (await this.leads.lock(tx, [seen.leadId])).get(seen.leadId);
    const assignment = await this.assignments.find(tx, assignmentId);
    if (!assignment || !lead) throw new AssignmentNotFound(assignmentId);
    return { assignment, lead };
  }
}

import { Injectable } from '@nestjs/common';
import type { AppError } from '@relance/errors';
import { newId } from '@relance/events';
import type { AssignmentId, LeadId, MemberKey, Stage } from '@relance/lead';
import { Db } from '@relance/postgres';
import type { Tx } from '@relance/postgres';
import { decideWork } from '../decide/decide-work.js';
import type { LeadState } from '../decide/lead-state.js';
import { AssignmentOver, MoveIllegal } from '../routing-errors.js';
import { AssignmentRepository } from '../store/assignment.repository.js';
import type { Actor } from './actor-of.js';
import { AssignmentClosing } from './assignment-closing.js';
import type { Deed } from './assignment-closing.js';
import { AssignmentOpening } from './assignment-opening.js';
import type { Opened } from './assignment-opening.js';
import { Settlement } from './settlement.js';

/** How a lead stands after something was done with it. */
export interface WorkAnswer {
  readonly assignmentId: AssignmentId;
  readonly leadId: LeadId;
  readonly stage: Stage;
  readonly owner: MemberKey | null;
}

/** What the owner of a lead does with it. Each verb is one transaction under the lead's lock. */
@Injectable()
export class AssignmentWork {
  constructor(
    private readonly db: Db,
    private readonly assignments: AssignmentRepository,
    private readonly opening: AssignmentOpening,
    private readonly closing: AssignmentClosing,
    private readonly settlement: Settlement,
  ) {}

  /** @throws {AssignmentNotFound} {NotYours} {AssignmentOver} {MoveIllegal} */
  async perform(assignmentId: AssignmentId, deed: Deed, actor: Actor): Promise<WorkAnswer> {
    const outcome = await this.db.transaction<WorkAnswer | AppError>(async (tx) => {
      const opened = await this.opening.open(tx, assignmentId, actor);
      const { assignment, lead } = opened;
      const changes = this.settlement.begin();
      const decision = decideWork(deed.verb, deed.reason ?? null, assignment, lead);
      if (decision.kind === 'illegal')
        return new MoveIllegal({ assignmentId, verb: deed.verb, stage: lead.stage, owner: assignment.member });
      if (decision.kind === 'lost') {
        await this.note(tx, opened, deed, actor, { wasRefused: true, at: changes.now });
        return new AssignmentOver({ assignmentId, owner: decision.owner, endedFor: assignment.endedFor });
      }
      if (decision.kind === 'already') return answerOf(assignmentId, lead);

      const after = await this.closing.move(tx, opened, deed, decision, actor, changes);
      await this.note(tx, opened, deed, actor, { wasRefused: false, at: changes.now });
      await this.settlement.settle(tx, [], changes);
      return answerOf(assignmentId, after);
    });
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }

  private async note(
    tx: Tx,
    { assignment, lead }: Opened,
    { verb, reason, note }: Deed,
    actor: Actor,
    { wasRefused, at }: { wasRefused: boolean; at: Date },
  ): Promise<void> {
    await this.assignments.recordWork(tx, newId(), {
      leadId: lead.leadId,
      assignmentId: assignment.assignmentId,
      verb,
      reason: reason ?? null,
      note: note ?? null,
      by: actor.by,
      wasRefused,
      at,
    });
  }
}

export function answerOf(assignmentId: AssignmentId, lead: LeadState): WorkAnswer {
  return { assignmentId, leadId: lead.leadId, stage: lead.stage, owner: lead.assignment?.member ?? null };
}

import { Inject, Injectable } from '@nestjs/common';
import type { ConfigOf } from '@relance/config';
import { LeadNurtured, LeadStageChanged } from '@relance/events';
import type { Stage } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import type { Verb } from '../decide/decide-work.js';
import type { LeadState } from '../decide/lead-state.js';
import { routingConfig } from '../routing.config.js';
import { FloorRepository } from '../store/floor.repository.js';
import type { Actor } from './actor-of.js';
import type { Opened } from './assignment-opening.js';
import type { Changes } from './changes.js';
import { Nudge } from './nudge.js';
import { newStory } from './story.js';

export interface Deed {
  readonly verb: Verb;
  readonly reason?: string | undefined;
  readonly note?: string | undefined;
  /** A calendar date: the lead rests until then. */
  readonly resumeAt?: string | undefined;
}

const dayMs = 86_400_000;

/** What a verb changes: the stage, the assignment it may end, a turn given back, and who hears of it. */
@Injectable()
export class AssignmentClosing {
  constructor(
    private readonly floors: FloorRepository,
    private readonly nudge: Nudge,
    @Inject(routingConfig.token) private readonly config: ConfigOf<typeof routingConfig>,
  ) {}

  async move(
    tx: Tx,
    { assignment, lead }: Opened,
    { verb, reason, resumeAt }: Deed,
    decision: { readonly stage: Stage; readonly endsAssignment: boolean; readonly givesTurnBack: boolean },
    actor: Actor,
    changes: Changes,
  ): Promise<LeadState> {
    const after: LeadState = {
      ...lead,
      stage: decision.stage,
      ...(decision.endsAssignment ? { assignment: null, lastOwner: assignment.member } : {}),
      restsUntil: verb === 'return' ? this.restUntil(resumeAt, changes.now) : null,
    };
    changes.lead(lead, after);
    const story = newStory(lead.correlationId, changes.now);
    changes.say(
      story.tell(LeadStageChanged, {
        leadId: lead.leadId,
        from: lead.stage,
        to: decision.stage,
        move: verb,
        ...(reason === undefined ? {} : { reason }),
        assignmentId: assignment.assignmentId,
        round: lead.round,
        member: assignment.member,
        endsAssignment: decision.endsAssignment,
        by: actor.by,
      }),
    );
    if (verb === 'return' && lead.facts)
      changes.say(
        story.tell(LeadNurtured, {
          leadId: lead.leadId,
          reason: reason ?? 'returned',
          ...(resumeAt === undefined ? {} : { resumeAt }),
          facts: lead.facts,
        }),
      );
    if (decision.endsAssignment) {
      changes.end(lead, verb as 'won' | 'lost' | 'return' | 'reject' | 'stop');
      this.nudge.afterCommit(tx);
    }
    if (decision.givesTurnBack && assignment.pool !== null)
      await this.floors.credit(tx, assignment.pool, assignment.member, changes.now);
    return after;
  }

  private restUntil(resumeAt: string | undefined, now: Date): Date {
    return resumeAt === undefined
      ? new Date(now.getTime() + this.config.ROUTING_REST_DAYS * dayMs)
      : new Date(resumeAt);
  }
}

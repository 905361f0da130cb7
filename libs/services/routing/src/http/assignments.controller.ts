import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CallerOf, Roles } from '@relance/auth';
import type { Caller } from '@relance/auth';
import { Clock } from '@relance/clock';
import { InvalidInput } from '@relance/errors';
import { Idempotent } from '@relance/http';
import { assignmentIdSchema } from '@relance/lead';
import type { AssignmentId } from '@relance/lead';
import { actorOf } from '../steps/actor-of.js';
import { AssignmentWork } from '../steps/assignment-work.js';
import type { WorkAnswer } from '../steps/assignment-work.js';
import { Contacts } from '../steps/contacts.js';
import type { ContactAnswer } from '../steps/contacts.js';
import { HandingOver } from '../steps/handing-over.js';
import {
  contactSchema,
  plainSchema,
  reasonSchema,
  reassignSchema,
  rejectSchema,
  returnSchema,
} from './work-schemas.js';
import type { ContactInput, Plain, Reason, Reassign, Reject, Return } from './work-schemas.js';

const id = { schema: assignmentIdSchema };

/**
 * What owners do with their leads. 404: no such assignment. 403: a rep acting on somebody else's. 409: it is over, with
 * the present owner; a contact is recorded all the same.
 */
@Controller('api/routing/assignments/:id')
@Roles('administrator', 'manager', 'rep')
export class AssignmentsController {
  constructor(
    private readonly work: AssignmentWork,
    private readonly contacts: Contacts,
    private readonly handingOver: HandingOver,
    private readonly clock: Clock,
  ) {}

  @Post('contacts')
  @Idempotent()
  async contact(
    @Param('id', id) assignmentId: AssignmentId,
    @Body({ schema: contactSchema }) contact: ContactInput,
    @CallerOf() caller: Caller,
  ): Promise<ContactAnswer> {
    return this.contacts.record(assignmentId, contact, actorOf(caller));
  }

  @Post('accept')
  @HttpCode(200)
  @Idempotent()
  async accept(
    @Param('id', id) assignmentId: AssignmentId,
    @Body({ schema: plainSchema }) body: Plain,
    @CallerOf() caller: Caller,
  ): Promise<WorkAnswer> {
    return this.work.perform(assignmentId, { verb: 'accept', ...body }, actorOf(caller));
  }

  @Post('qualify')
  @HttpCode(200)
  @Idempotent()
  async qualify(
    @Param('id', id) assignmentId: AssignmentId,
    @Body({ schema: plainSchema }) body: Plain,
    @CallerOf() caller: Caller,
  ): Promise<WorkAnswer> {
    return this.work.perform(assignmentId, { verb: 'qualify', ...body }, actorOf(caller));
  }

  @Post('won')
  @HttpCode(200)
  @Idempotent()
  async won(
    @Param('id', id) assignmentId: AssignmentId,
    @Body({ schema: plainSchema }) body: Plain,
    @CallerOf() caller: Caller,
  ): Promise<WorkAnswer> {
    return this.work.perform(assignmentId, { verb: 'won', ...body }, actorOf(caller));
  }

  @Post('lost')
  @HttpCode(200)
  @Idempotent()
  async lost(
    @Param('id', id) assignmentId: AssignmentId,
    @Body({ schema: reasonSchema }) body: Reason,
    @CallerOf() caller: Caller,
  ): Promise<WorkAnswer> {
    return this.work.perform(assignmentId, { verb: 'lost', ...body }, actorOf(caller));
  }

  @Post('stop')
  @HttpCode(200)
  @Idempotent()
  async stop(
    @Param('id', id) assignmentId: AssignmentId,
    @Body({ schema: reasonSchema }) body: Reason,
    @CallerOf() caller: Caller,
  ): Promise<WorkAnswer> {
    return this.work.perform(assignmentId, { verb: 'stop', ...body }, actorOf(caller));
  }

  /** To marketing. `resumeAt` is a date to come. */
  @Post('return')
  @HttpCode(200)
  @Idempotent()
  async return(
    @Param('id', id) assignmentId: AssignmentId,
    @Body({ schema: returnSchema }) body: Return,
    @CallerOf() caller: Caller,
  ): Promise<WorkAnswer> {
    if (body.resumeAt !== undefined && new Date(body.resumeAt) <= this.clock.now())
      throw new InvalidInput([{ pointer: '/resumeAt', code: 'in-the-past', message: 'must be a date to come' }]);
    return this.work.perform(assignmentId, { verb: 'return', ...body }, actorOf(caller));
  }

  @Post('reject')
  @HttpCode(200)
  @Idempotent()
  async reject(
    @Param('id', id) assignmentId: AssignmentId,
    @Body({ schema: rejectSchema }) body: Reject,
    @CallerOf() caller: Caller,
  ): Promise<WorkAnswer> {
    return this.work.perform(assignmentId, { verb: 'reject', ...body }, actorOf(caller));
  }

  /** Back to the pool: somebody else gets it, or it waits. */
  @Post('release')
  @HttpCode(200)
  @Idempotent()
  async release(@Param('id', id) assignmentId: AssignmentId, @CallerOf() caller: Caller): Promise<WorkAnswer> {
    return this.handingOver.release(assignmentId, actorOf(caller));
  }

  /** To a named person. */
  @Post('reassign')
  @HttpCode(200)
  @Idempotent()
  @Roles('administrator', 'manager')
  async reassign(
    @Param('id', id) assignmentId: AssignmentId,
    @Body({ schema: reassignSchema }) { to }: Reassign,
    @CallerOf() caller: Caller,
  ): Promise<WorkAnswer> {
    return this.handingOver.reassign(assignmentId, to, actorOf(caller));
  }
}

import { Controller, Get, Query } from '@nestjs/common';
import { z } from 'zod';
import { CallerOf, Roles } from '@relance/auth';
import type { Caller } from '@relance/auth';
import { Clock } from '@relance/clock';
import { InvalidInput } from '@relance/errors';
import { decodeCursor, encodeCursor, pageOf, pageSchema } from '@relance/http';
import type { Page } from '@relance/http';
import type { AssignmentId, Company, LeadId, LeadRequest, Person, Stage } from '@relance/lead';
import { Db } from '@relance/postgres';
import { decideInboxPart } from '../decide/decide-inbox-part.js';
import type { InboxPart } from '../decide/decide-inbox-part.js';
import { NotYours } from '../routing-errors.js';
import { InboxRepository } from '../store/inbox.repository.js';
import type { InboxRow } from '../store/inbox.repository.js';
import { OrganisationRepository } from '../store/organisation.repository.js';

const querySchema = pageSchema.extend({ member: z.string().min(1).max(63).optional() });
type InboxQuery = z.infer<typeof querySchema>;

const cursorSchema = z.object({ sortedBy: z.string().max(40), assignmentId: z.uuid() });
const beginning = { sortedBy: '-infinity', assignmentId: '00000000-0000-0000-0000-000000000000' };

interface InboxItem {
  readonly assignmentId: AssignmentId;
  readonly leadId: LeadId;
  readonly round: number;
  readonly stage: Stage;
  readonly assignedAt: Date;
  readonly dueAt: Date | null;
  readonly nextFollowUpAt: Date | null;
  readonly person: Person;
  readonly company: Company;
  readonly request: LeadRequest;
  readonly why: string;
  /** What they did last, which is worth a call. */
  readonly warm: { readonly reason: string; readonly at: Date } | null;
  readonly part: InboxPart;
}

@Controller('api/routing/inbox')
@Roles('administrator', 'manager', 'rep')
export class InboxController {
  constructor(
    private readonly inbox: InboxRepository,
    private readonly organisations: OrganisationRepository,
    private readonly db: Db,
    private readonly clock: Clock,
  ) {}

  /** What a member has in hand, by due time. A rep sees their own; others name a member. */
  @Get()
  async list(@Query({ schema: querySchema }) query: InboxQuery, @CallerOf() caller: Caller): Promise<Page<InboxItem>> {
    const member = memberOf(query, caller);
    const after = query.cursor === undefined ? beginning : decodeCursor(cursorSchema, query.cursor);
    const rows = await this.inbox.page(member, after, query.limit + 1);
    const page = pageOf(rows, query.limit, ({ sortedBy, assignmentId }) => encodeCursor({ sortedBy, assignmentId }));
    const timeZone = await this.zoneOf(member);
    const now = this.clock.now();
    return { ...page, items: page.items.map((row) => itemOf(row, timeZone, now)) };
  }

  private async zoneOf(member: string): Promise<string> {
    const organisation = await this.db.transaction((tx) => this.organisations.current(tx));
    return [...organisation.members.values()].find(({ key }) => key === member)?.calendar.timeZone ?? 'UTC';
  }
}

function memberOf({ member }: InboxQuery, caller: Caller): string {
  if (caller.role === 'rep' && member !== undefined && member !== caller.member) throw new NotYours();
  const asked = member ?? caller.member;
  if (asked === undefined)
    throw new InvalidInput([{ pointer: '/member', code: 'missing', message: 'Name a member: ?member=' }]);
  return asked;
}

function itemOf(row: InboxRow, timeZone: string, now: Date): InboxItem {
  const { assignmentId, leadId, round, stage, assignedAt, dueAt, nextFollowUpAt, why, facts } = row;
  return {
    assignmentId,
    leadId,
    round,
    stage,
    assignedAt,
    dueAt,
    nextFollowUpAt,
    person: facts?.person ?? {},
    company: facts?.company ?? {},
    request: facts?.request ?? {},
    why,
    warm: row.warmReason === null || row.warmAt === null ? null : { reason: row.warmReason, at: row.warmAt },
    part: decideInboxPart({ dueAt, nextFollowUpAt, hasBeenContacted: row.contacted !== null, timeZone }, now),
  };
}

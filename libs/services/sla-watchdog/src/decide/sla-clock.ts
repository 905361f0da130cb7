import type {
  AssignmentId,
  Channel,
  ClockId,
  ContactId,
  Grade,
  HoldingId,
  LeadId,
  MemberKey,
  MilestoneKey,
  PolicyKey,
  SubmissionId,
  TeamKey,
} from '@relance/lead';
import type { Counts, MetBy, StartsOn } from './policy.js';

/**
 * How a promise stands. `open` and `paused` run; `met`, `stopped` and `withdrawn` are over. `breached` stays for ever,
 * also after a late answer: `settledAt` then says since when nothing is owed any more.
 */
export type ClockState = 'open' | 'paused' | 'met' | 'breached' | 'stopped' | 'withdrawn';

/** One promise to one lead. */
export interface SlaClock {
  readonly id: ClockId;
  readonly leadId: LeadId;
  readonly policy: PolicyKey;
  readonly policyVersion: number;
  readonly milestone: MilestoneKey;
  readonly startsOn: StartsOn;
  readonly assignmentId: AssignmentId | null;
  readonly round: number | null;
  readonly submissionId: SubmissionId | null;
  readonly holdingId: HoldingId | null;
  readonly member: MemberKey | null;
  readonly team: TeamKey | null;
  readonly state: ClockState;
  /** The `recordedat` of the event that started it, and its place in the log. */
  readonly startedAt: Date;
  readonly startedPosition: number;
  readonly dueAt: Date;
  readonly metBy: MetBy;
  readonly trustMs: number;
  readonly counts: Counts;
  readonly calendarId: string | null;
  readonly explanation: string;
  readonly breachedAt: Date | null;
  /** The first answer that came too late. */
  readonly answeredAt: Date | null;
  readonly pausedAt: Date | null;
  readonly correlationId: string;
  /** The event that started it. */
  readonly causedBy: string;
}

/** A follow-up as the watchdog remembers it. */
export interface RecordedContact {
  readonly contactId: ContactId;
  readonly leadId: LeadId;
  readonly round: number;
  readonly grade: Grade;
  readonly channel: Channel;
  /** When it was made, as stated. */
  readonly statedAt: Date;
  /** When it was recorded, by the log's clock. */
  readonly recordedAt: Date;
  readonly position: number;
  readonly recordedBy: string;
}

/** One line of a clock's ledger. */
export interface LedgerLine {
  readonly kind:
    | 'started'
    | 'paused'
    | 'resumed'
    | 'replanned'
    | 'warned'
    | 'breached'
    | 'escalated'
    | 'answered-late'
    | 'met'
    | 'withdrawn'
    | 'stopped';
  /** When it happened. */
  readonly at: Date;
  /** When the log recorded it. */
  readonly recordedAt: Date;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What becomes of a clock, and the line its ledger gets. */
export interface ClockChange {
  readonly clockId: ClockId;
  readonly state: ClockState;
  readonly metAt: Date | null;
  readonly answeredAt: Date | null;
  /** Since when nothing is owed any more: its waiting steps are cancelled. Null while something is. */
  readonly settledAt: Date | null;
  readonly line: LedgerLine;
}

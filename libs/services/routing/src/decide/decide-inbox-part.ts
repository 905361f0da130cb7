import { DateTime } from 'luxon';

export type InboxPart = 'now' | 'today' | 'followUp' | 'waiting';

export interface InboxWork {
  /** The earliest running promise. */
  readonly dueAt: Date | null;
  readonly nextFollowUpAt: Date | null;
  readonly hasBeenContacted: boolean;
  /** The owner's zone, which says where today ends. */
  readonly timeZone: string;
}

const soonMs = 60 * 60 * 1_000;

/**
 * Decides where in the inbox a lead stands.
 *
 * `now`: a promise falls due within the hour, or nobody has contacted it and no promise says by when. `today`: a
 * promise falls due today. `followUp`: it was agreed to come back to it today. `waiting`: everything else.
 */
export function decideInboxPart(work: InboxWork, now: Date): InboxPart {
  const endOfToday = DateTime.fromJSDate(now, { zone: work.timeZone }).endOf('day').toMillis();
  if (work.dueAt) {
    if (work.dueAt.getTime() <= now.getTime() + soonMs) return 'now';
    return work.dueAt.getTime() <= endOfToday ? 'today' : 'waiting';
  }
  if (work.nextFollowUpAt) return work.nextFollowUpAt.getTime() <= endOfToday ? 'followUp' : 'waiting';
  return work.hasBeenContacted ? 'waiting' : 'now';
}

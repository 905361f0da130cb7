import { SlaBreached, SlaMet, SlaStarted, SlaStopped, SlaWarned, SlaWithdrawn, announceDerived } from '@relance/events';
import type { Announcement, Envelope } from '@relance/events';
import type { Grade } from '@relance/lead';
import type { StepAction } from './compile-policy.js';
import type { BreachCause } from './decide-cause.js';
import type { MetBy } from './policy.js';
import type { ClockChange, SlaClock } from './sla-clock.js';

type Parent = Pick<Envelope, 'id' | 'correlationid' | 'traceparent'>;
type Promised = Pick<
  SlaClock,
  'id' | 'leadId' | 'policy' | 'milestone' | 'assignmentId' | 'holdingId' | 'round' | 'member' | 'team'
>;

/** A step that has fired, with what its clock says of itself. */
export interface FiredStep extends Promised {
  readonly step: number;
  readonly kind: 'warn' | 'breach' | 'alert';
  readonly after: string;
  readonly firedAt: Date;
  readonly actions: readonly StepAction[];
  readonly startedAt: Date;
  readonly dueAt: Date;
  /** When this step was due; `dueAt` is the promise. */
  readonly stepDueAt: Date;
  readonly metBy: MetBy;
  readonly correlationId: string;
  readonly causedBy: string;
}

const by = 'sla-watchdog';

/** Tells that a promise runs, or until when it runs now. `occasion` is `start`, or what moved it. */
export function announceStarted(clock: SlaClock, parent: Parent, occasion: string): Announcement {
  const { startedAt, dueAt, explanation } = clock;
  const data = {
    ...promiseOf(clock),
    startedAt: startedAt.toISOString(),
    dueAt: dueAt.toISOString(),
    explanation,
  };
  return announceDerived(SlaStarted, { data, by, at: startedAt }, parent, `${occasion}/${clock.id}`);
}

/** Tells what became of a promise; null where nobody else needs to know. */
export function announceChange(clock: SlaClock, change: ClockChange, parent: Parent): Announcement | null {
  const { kind, at } = change.line;
  const promise = promiseOf(clock);
  const dueAt = clock.dueAt.toISOString();
  if (kind === 'met') {
    const { by: metBy, grade } = change.line.data as { by: string; grade?: Grade };
    const data = { ...promise, dueAt, metAt: at.toISOString(), by: metBy, ...(grade === undefined ? {} : { grade }) };
    return announceDerived(SlaMet, { data, by, at }, parent, `met/${clock.id}`);
  }
  if (kind === 'withdrawn' && clock.breachedAt !== null) {
    const data = { ...promise, dueAt, breachedAt: clock.breachedAt.toISOString(), metAt: at.toISOString() };
    return announceDerived(SlaWithdrawn, { data, by, at }, parent, `withdrawn/${clock.id}`);
  }
  if (kind === 'stopped' && change.state === 'stopped') {
    const data = { ...promise, reason: String(change.line.data['reason']) };
    return announceDerived(SlaStopped, { data, by, at }, parent, `stopped/${clock.id}`);
  }
  return null;
}

/**
 * Tells that a step has fired; null for one that only alerts people after the breach was told.
 *
 * The id follows from the event that started the clock, the clock and the step: a step is told once.
 */
export function announceFired(fired: FiredStep, cause: BreachCause): Announcement | null {
  const parent = { id: fired.causedBy, correlationid: fired.correlationId };
  const promise = promiseOf(fired);
  const dueAt = fired.dueAt.toISOString();
  const step = `${fired.kind}-${fired.step}/${fired.id}`;
  if (fired.kind === 'warn') {
    const data = { ...promise, dueAt, after: fired.after };
    return announceDerived(SlaWarned, { data, by, at: fired.firedAt }, parent, step);
  }
  const actions = [...new Set(fired.actions.map((action) => action.do))];
  if (fired.kind === 'alert' && !actions.includes('reassign')) return null;
  const data = {
    ...promise,
    startedAt: fired.startedAt.toISOString(),
    dueAt,
    firedAt: fired.firedAt.toISOString(),
    latenessMs: Math.max(0, fired.firedAt.getTime() - fired.stepDueAt.getTime()),
    ...('evidence' in fired.metBy ? { evidence: fired.metBy.evidence } : {}),
    actions,
    cause,
  };
  return announceDerived(SlaBreached, { data, by, at: fired.firedAt }, parent, step);
}

function promiseOf(clock: Promised): {
  leadId: Promised['leadId'];
  clockId: Promised['id'];
  policy: Promised['policy'];
  milestone: Promised['milestone'];
} {
  const { assignmentId, holdingId, round, member, team } = clock;
  return {
    leadId: clock.leadId,
    clockId: clock.id,
    policy: clock.policy,
    milestone: clock.milestone,
    ...(assignmentId === null ? {} : { assignmentId }),
    ...(holdingId === null ? {} : { holdingId }),
    ...(round === null ? {} : { round }),
    ...(member === null ? {} : { member }),
    ...(team === null ? {} : { team }),
  };
}

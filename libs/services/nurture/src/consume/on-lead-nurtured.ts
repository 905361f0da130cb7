import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Clock } from '@relance/clock';
import type { ConfigOf } from '@relance/config';
import { Consume } from '@relance/event-log';
import { LeadNurtured, derivedId } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { EnrolmentId, LeadId, TrackKey } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import { decideEnrolment } from '../decide/decide-enrolment.js';
import { startOfDate, zoneOf } from '../decide/lead-calendar.js';
import { emailHashOf, letterFactsOf } from '../decide/letter-facts.js';
import { Alarms } from '../letters/alarms.js';
import { Progress } from '../letters/progress.js';
import type { Telling } from '../letters/progress.js';
import { nurtureConfig } from '../nurture.config.js';
import type { NewEnrolment, Refreshment } from '../store/enrolment.repository.js';
import { NurtureStore } from '../store/nurture-store.js';
import type { TrackInForce } from '../store/track.repository.js';

interface Heard {
  readonly event: Envelope<LeadNurtured>;
  /** The lead it is today. */
  readonly leadId: LeadId;
}

/** A lead is marketing's: enrol it, or go on where it was. */
@Controller()
export class OnLeadNurtured {
  constructor(
    private readonly store: NurtureStore,
    private readonly progress: Progress,
    private readonly alarms: Alarms,
    private readonly clock: Clock,
    @Inject(nurtureConfig.token) private readonly config: ConfigOf<typeof nurtureConfig>,
  ) {}

  @Consume('nurture', LeadNurtured)
  async handle(@Payload() events: readonly Envelope<LeadNurtured>[], @Ctx() tx: Tx): Promise<void> {
    const now = this.clock.now();
    const leads = await this.store.leads.lock(
      tx,
      events.map((event) => event.data.leadId),
    );
    const heard = events.flatMap((event): Heard[] => {
      const lead = leads.get(event.data.leadId);
      return lead && !lead.isErased ? [{ event, leadId: lead.leadId as LeadId }] : [];
    });
    await this.store.leads.assign(
      tx,
      heard.map(({ leadId }) => ({ leadId, assignmentId: null })),
    );

    const tracks = await this.store.tracks.inForce(tx);
    const had = await this.store.enrolments.tracksHad(
      tx,
      heard.map(({ leadId }) => leadId),
    );
    const resumed = await this.store.enrolments.resume(
      tx,
      heard.map((one) => this.refreshment(one, now)),
    );
    const isIn = new Set(resumed.map(({ leadId, track }) => `${leadId}/${track}`));
    const enrolments = heard.flatMap((one) => {
      const track = this.trackOf(one.event, tracks);
      if (isIn.has(`${one.leadId}/${track.key}`)) return [];
      return [this.enrolment(one, track, had.get(one.leadId)?.has(track.key) ?? false, now)];
    });
    await this.store.enrolments.add(tx, enrolments);

    const eventOf = new Map(heard.map(({ event, leadId }) => [leadId, event]));
    const tellings: Telling[] = [
      ...resumed
        .filter((one) => one.wasSuspended || eventOf.get(one.leadId)?.data.resumeAt !== undefined)
        .map((one): Telling => ({ enrolment: one, what: 'resumed', parent: eventOf.get(one.leadId) })),
      ...enrolments.map((one): Telling => {
        const parent = eventOf.get(one.leadId);
        return one.endReason === null
          ? { enrolment: one, what: 'enrolled', reason: parent?.data.reason ?? '', parent }
          : { enrolment: one, what: 'ended', reason: one.endReason, parent };
      }),
    ];
    await this.progress.tell(tx, tellings, now);
    const due = [...resumed, ...enrolments].flatMap(({ enrolmentId, dueAt }) =>
      dueAt ? [{ enrolmentId, dueAt }] : [],
    );
    this.alarms.armAfterCommit(tx, due, now);
  }

  /** A track that nobody knows is the default one; one that was never made ends at once, and says so. */
  private trackOf(
    event: Envelope<LeadNurtured>,
    tracks: ReadonlyMap<string, TrackInForce>,
  ): { key: TrackKey; inForce: TrackInForce | null } {
    const asked = event.data.track === undefined ? undefined : tracks.get(event.data.track);
    const key = this.config.NURTURE_DEFAULT_TRACK as TrackKey;
    const inForce = asked ?? tracks.get(key) ?? null;
    return { key: inForce?.key ?? key, inForce };
  }

  private refreshment({ event, leadId }: Heard, now: Date): Refreshment {
    const { facts, resumeAt } = event.data;
    const { email, country } = facts.person;
    const zone = zoneOf(country, this.config.NURTURE_TIME_ZONE);
    const resumesAt = resumeAt === undefined ? now : startOfDate(resumeAt, zone);
    return {
      leadId,
      facts: email === undefined ? null : letterFactsOf(facts),
      emailHash: email === undefined ? null : emailHashOf(email),
      resumeAt,
      notBefore: resumesAt > now ? resumesAt : now,
    };
  }

  private enrolment(
    { event, leadId }: Heard,
    { key, inForce }: { key: TrackKey; inForce: TrackInForce | null },
    hasHadTrack: boolean,
    now: Date,
  ): NewEnrolment {
    const { facts, resumeAt } = event.data;
    const decision = decideEnrolment(
      { facts, resumeAt },
      inForce?.track ?? null,
      hasHadTrack,
      this.config.NURTURE_TIME_ZONE,
      now,
    );
    const { email } = facts.person;
    const isIn = decision.kind === 'enrol';
    return {
      enrolmentId: derivedId(event.id, 'enrolment') as EnrolmentId,
      leadId,
      firstLeadId: event.data.leadId,
      track: key,
      trackVersion: inForce?.version ?? 0,
      correlationId: event.correlationid,
      stepIndex: isIn ? decision.stepIndex : 0,
      dueAt: isIn ? decision.dueAt : null,
      resumeAt,
      facts: isIn ? letterFactsOf(facts) : null,
      emailHash: isIn && email !== undefined ? emailHashOf(email) : null,
      startedAt: now,
      endReason: isIn ? null : decision.reason,
    };
  }
}

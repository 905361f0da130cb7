import { Inject, Injectable } from '@nestjs/common';
import type { ConfigOf } from '@relance/config';
import type { Tx } from '@relance/postgres';
import { decideStep } from '../decide/decide-step.js';
import { zoneOf } from '../decide/lead-calendar.js';
import { mailRetryAt } from '../decide/mail-retry.js';
import { nurtureConfig } from '../nurture.config.js';
import { EnrolmentRepository } from '../store/enrolment.repository.js';
import { LetterRepository } from '../store/letter.repository.js';
import { TrackRepository } from '../store/track.repository.js';
import { Alarms } from './alarms.js';
import type { DueLetter, ReadyLetter } from './letter-preparation.js';
import { Progress } from './progress.js';

/** Writes down and tells what became of a letter, and when the next one is due. */
@Injectable()
export class LetterOutcome {
  constructor(
    private readonly enrolments: EnrolmentRepository,
    private readonly letters: LetterRepository,
    private readonly tracks: TrackRepository,
    private readonly progress: Progress,
    private readonly alarms: Alarms,
    @Inject(nurtureConfig.token) private readonly config: ConfigOf<typeof nurtureConfig>,
  ) {}

  /** The mail server has it; or had it already, before a crash kept us from noting that. */
  async sent(tx: Tx, { enrolment, row, template }: ReadyLetter, now: Date): Promise<void> {
    if (!(await this.letters.markSent(tx, row.sendId, now))) return;
    await this.progress.tell(tx, [{ enrolment, what: 'letter-sent', step: template }], now);
    const track = await this.tracks.version(tx, enrolment.track, enrolment.trackVersion);
    const zone = zoneOf(enrolment.facts.person.country, this.config.NURTURE_TIME_ZONE);
    const next = decideStep(track.steps, enrolment.stepIndex + 1, now, zone);
    switch (next.kind) {
      case 'letter':
        return this.moveTo(tx, enrolment, next.stepIndex, next.dueAt, now);
      case 'end':
        return this.end(tx, enrolment, 'completed', now);
    }
  }

  /** A guard held it back. Told once for each guard, not at every try. */
  async heldBack(tx: Tx, due: DueLetter, messageIdOf: (attempt: number) => string, now: Date): Promise<void> {
    const { enrolment, key, template, decision } = due;
    if (decision.kind !== 'refuse') return;
    const isNew = await this.letters.refuse(tx, key, decision.guard, messageIdOf, now);
    if (isNew) {
      await this.progress.tell(
        tx,
        [{ enrolment, what: 'letter-refused', step: template, reason: decision.guard }],
        now,
      );
    }
    if (decision.retryAt === null) await this.end(tx, enrolment, decision.guard, now);
    else await this.moveTo(tx, enrolment, enrolment.stepIndex, decision.retryAt, now);
  }

  /** The mail server refused it for good: nothing goes to that address any more, in no track. */
  async bounced(tx: Tx, { enrolment, row, template }: ReadyLetter, now: Date): Promise<void> {
    await this.letters.markRefused(tx, row.sendId, 'bounce', now);
    await this.progress.tell(tx, [{ enrolment, what: 'letter-refused', step: template, reason: 'bounce' }], now);
    if (enrolment.emailHash === null) return this.end(tx, enrolment, 'bounce', now);
    await this.letters.suppress(tx, [enrolment.emailHash], 'bounce', now);
    const ended = await this.enrolments.endOfAddresses(tx, [enrolment.emailHash], 'bounce', now);
    await this.progress.tell(
      tx,
      ended.map((one) => ({ enrolment: one, what: 'ended', reason: 'bounce' })),
      now,
    );
  }

  /** It could not even be tried: what stands in the address is none. */
  async unsendable(tx: Tx, { enrolment, row, template }: ReadyLetter, now: Date): Promise<void> {
    await this.letters.markRefused(tx, row.sendId, 'letter-invalid', now);
    await this.progress.tell(
      tx,
      [{ enrolment, what: 'letter-refused', step: template, reason: 'letter-invalid' }],
      now,
    );
    await this.end(tx, enrolment, 'letter-invalid', now);
  }

  /** No mail server took it. Tried again with the same Message-ID for 36 hours, then the track ends. */
  async undelivered(tx: Tx, { enrolment, row, template }: ReadyLetter, now: Date): Promise<void> {
    await this.letters.markFailed(tx, row.sendId);
    const retryAt = mailRetryAt(row.failures + 1, now);
    if (retryAt) return this.moveTo(tx, enrolment, enrolment.stepIndex, retryAt, now);
    await this.letters.markRefused(tx, row.sendId, 'undeliverable', now);
    await this.progress.tell(tx, [{ enrolment, what: 'letter-refused', step: template, reason: 'undeliverable' }], now);
    await this.end(tx, enrolment, 'undeliverable', now);
  }

  private async moveTo(
    tx: Tx,
    enrolment: DueLetter['enrolment'],
    stepIndex: number,
    dueAt: Date,
    now: Date,
  ): Promise<void> {
    await this.enrolments.moveTo(tx, enrolment.enrolmentId, stepIndex, dueAt);
    this.alarms.armAfterCommit(tx, [{ enrolmentId: enrolment.enrolmentId, dueAt }], now);
  }

  private async end(tx: Tx, enrolment: DueLetter['enrolment'], reason: string, now: Date): Promise<void> {
    const wasLive = await this.enrolments.end(tx, enrolment.enrolmentId, reason, now);
    if (wasLive) await this.progress.tell(tx, [{ enrolment, what: 'ended', reason }], now);
  }
}

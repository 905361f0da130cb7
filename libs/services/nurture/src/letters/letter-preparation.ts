import { Inject, Injectable } from '@nestjs/common';
import type { ConfigOf } from '@relance/config';
import type { EnrolmentId } from '@relance/lead';
import type { Letter } from '@relance/notify';
import type { Tx } from '@relance/postgres';
import { decideSending } from '../decide/decide-sending.js';
import type { SendingDecision } from '../decide/decide-sending.js';
import { zoneOf } from '../decide/lead-calendar.js';
import { nurtureConfig } from '../nurture.config.js';
import { EnrolmentRepository } from '../store/enrolment.repository.js';
import type { ClaimedEnrolment } from '../store/enrolment.repository.js';
import { LeadRepository } from '../store/lead.repository.js';
import type { NurtureLead } from '../store/lead.repository.js';
import { LetterRepository } from '../store/letter.repository.js';
import type { LetterKey, LetterRow } from '../store/letter.repository.js';
import { TrackRepository } from '../store/track.repository.js';
import { LetterWriter } from './letter-writer.js';

const weekMs = 7 * 86_400_000;
/** Longer than handing a letter to a mail server may take. */
const claimMs = 2 * 60_000;

/** A due letter and what was decided about it. */
export interface DueLetter {
  readonly enrolment: ClaimedEnrolment;
  readonly key: LetterKey;
  readonly template: string;
  readonly decision:
    SendingDecision | { readonly kind: 'refuse'; readonly guard: 'no-address'; readonly retryAt: null };
}

export interface ReadyLetter extends DueLetter {
  readonly row: LetterRow;
  readonly letter: Letter;
}

/** Takes a due enrolment, asks the guards, and notes the intention before anything leaves the house. */
@Injectable()
export class LetterPreparation {
  constructor(
    private readonly leads: LeadRepository,
    private readonly enrolments: EnrolmentRepository,
    private readonly letters: LetterRepository,
    private readonly tracks: TrackRepository,
    private readonly writer: LetterWriter,
    @Inject(nurtureConfig.token) private readonly config: ConfigOf<typeof nurtureConfig>,
  ) {}

  /** @returns null when there is nothing to do: not due, not active, or somebody else is at it. */
  async prepare(tx: Tx, enrolmentId: EnrolmentId, now: Date): Promise<DueLetter | ReadyLetter | null> {
    const found = await this.enrolments.find(tx, enrolmentId);
    if (!found) return null;
    const lead = (await this.leads.lock(tx, [found.leadId])).get(found.leadId);
    const enrolment = await this.enrolments.claim(tx, enrolmentId, now, new Date(now.getTime() + claimMs));
    if (!lead || !enrolment) return null;

    const track = await this.tracks.version(tx, enrolment.track, enrolment.trackVersion);
    const step = track.steps[enrolment.stepIndex];
    const template = step && 'email' in step ? step.email.template : undefined;
    const words = template === undefined ? undefined : track.templates[template];
    if (template === undefined || !words) throw new Error('An enrolment is due at a step that is no letter');

    const key = { ...enrolment, step: enrolment.stepIndex };
    const { email } = enrolment.facts.person;
    if (email === undefined)
      return { enrolment, key, template, decision: { kind: 'refuse', guard: 'no-address', retryAt: null } };
    const decision = await this.decide(tx, key, enrolment, lead, now);
    if (decision.kind === 'refuse') return { enrolment, key, template, decision };

    const row = await this.letters.intend(tx, key, (attempt) => this.messageId(key, attempt), now);
    const letter = this.writer.write(enrolmentId, words, enrolment.facts, email, row.messageId);
    return { enrolment, key, template, decision, row, letter };
  }

  messageId(key: LetterKey, attempt: number): string {
    return this.writer.messageIdOf(key.enrolmentId, key.step, attempt);
  }

  private async decide(
    tx: Tx,
    key: LetterKey,
    { facts, emailHash }: ClaimedEnrolment,
    lead: NurtureLead,
    now: Date,
  ): Promise<SendingDecision> {
    if (emailHash !== null) await this.letters.lockAddress(tx, emailHash);
    return decideSending(
      {
        consents: facts.consents,
        isSuppressed: emailHash !== null && (await this.letters.isSuppressed(tx, emailHash)),
        sentAt: await this.letters.sentSince(tx, key, new Date(now.getTime() - weekMs)),
        hasOpenAssignment: lead.openAssignmentId !== null,
        lastContactAt: lead.lastContactAt,
      },
      {
        legalGround: this.config.NURTURE_LEGAL_GROUND,
        lettersPerDay: this.config.NURTURE_LETTERS_PER_DAY,
        lettersPerWeek: this.config.NURTURE_LETTERS_PER_WEEK,
      },
      zoneOf(facts.person.country, this.config.NURTURE_TIME_ZONE),
      now,
    );
  }
}

import { Injectable } from '@nestjs/common';
import type { SuppressionReason } from '@relance/api';
import { Clock } from '@relance/clock';
import { EventLog } from '@relance/event-log';
import { LeadEngaged, announceNew } from '@relance/events';
import type { EnrolmentId } from '@relance/lead';
import { Db } from '@relance/postgres';
import type { Tx } from '@relance/postgres';
import { Progress } from '../letters/progress.js';
import { EnrolmentRepository } from '../store/enrolment.repository.js';
import type { EnrolmentName } from '../store/enrolment.repository.js';
import { LetterRepository } from '../store/letter.repository.js';

/** Takes addresses off every list, for good. */
@Injectable()
export class Unsubscription {
  constructor(
    private readonly db: Db,
    private readonly clock: Clock,
    private readonly enrolments: EnrolmentRepository,
    private readonly letters: LetterRepository,
    private readonly progress: Progress,
    private readonly log: EventLog,
  ) {}

  /** Whoever got a letter of this enrolment wants no more. Doing it again changes nothing. @returns false when there is none. */
  async unsubscribe(enrolmentId: EnrolmentId): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      const enrolment = await this.enrolments.find(tx, enrolmentId);
      if (!enrolment) return false;
      const now = this.clock.now();
      const addresses = await this.letters.addressesOf(tx, enrolmentId);
      const fresh = await this.letters.suppress(tx, addresses, 'unsubscribed', now);
      if (fresh.length > 0) await this.tell(tx, enrolment, addresses, now);
      return true;
    });
  }

  /** Somebody here says that an address is to be left alone. */
  async suppress(emailHash: string, reason: SuppressionReason): Promise<Date> {
    const now = this.clock.now();
    await this.db.transaction(async (tx) => {
      await this.letters.suppress(tx, [emailHash], reason, now);
      const ended = await this.enrolments.endOfAddresses(tx, [emailHash], reason, now);
      await this.progress.tell(
        tx,
        ended.map((enrolment) => ({ enrolment, what: 'ended', reason })),
        now,
      );
    });
    return now;
  }

  private async tell(tx: Tx, enrolment: EnrolmentName, addresses: readonly string[], now: Date): Promise<void> {
    const ended = await this.enrolments.endOfAddresses(tx, addresses, 'unsubscribed', now);
    const isAmong = ended.some(({ enrolmentId }) => enrolmentId === enrolment.enrolmentId);
    await this.progress.tell(
      tx,
      (isAmong ? ended : [enrolment, ...ended]).map((one) => ({ enrolment: one, what: 'unsubscribed' })),
      now,
    );
    const { leadId, track, correlationId } = enrolment;
    await this.log.append(tx, [
      announceNew(
        LeadEngaged,
        {
          by: 'nurture',
          at: now,
          data: { leadId, kind: 'email.unsubscribed', at: now.toISOString(), properties: { track } },
        },
        correlationId,
      ),
    ]);
  }
}

import { Injectable } from '@nestjs/common';
import { Clock } from '@relance/clock';
import type { EnrolmentId } from '@relance/lead';
import { Logger, describeError } from '@relance/logging';
import { LetterInvalid, MailRefused, MailUnavailable, Mailer } from '@relance/notify';
import { Db } from '@relance/postgres';
import type { Tx } from '@relance/postgres';
import { LetterOutcome } from './letter-outcome.js';
import { LetterPreparation } from './letter-preparation.js';
import type { ReadyLetter } from './letter-preparation.js';

type Fate = 'sent' | 'bounced' | 'unsendable' | 'undelivered';

/**
 * Brings one due letter on its way.
 *
 * The intention is committed before the letter leaves, the outcome after. A crash in between leaves the intention: once its
 * claim has run out the letter goes again, under the same Message-ID.
 */
@Injectable()
export class LetterDelivery {
  constructor(
    private readonly db: Db,
    private readonly clock: Clock,
    private readonly mailer: Mailer,
    private readonly preparation: LetterPreparation,
    private readonly outcome: LetterOutcome,
    private readonly logger: Logger,
  ) {}

  async deliver(enrolmentId: EnrolmentId): Promise<void> {
    const ready = await this.db.transaction((tx) => this.prepare(tx, enrolmentId));
    if (!ready) return;
    const fate = await this.handOver(ready);
    await this.db.transaction((tx) => this.outcome[fate](tx, ready, this.clock.now()));
    this.logger.info('a letter was handed over', { lead: ready.enrolment.leadId, enrolment: enrolmentId, fate });
  }

  private async prepare(tx: Tx, enrolmentId: EnrolmentId): Promise<ReadyLetter | null> {
    const now = this.clock.now();
    const due = await this.preparation.prepare(tx, enrolmentId, now);
    if (due === null) return null;
    if ('letter' in due) return due;
    await this.outcome.heldBack(tx, due, (attempt) => this.preparation.messageId(due.key, attempt), now);
    return null;
  }

  private async handOver({ letter }: ReadyLetter): Promise<Fate> {
    try {
      await this.mailer.send(letter);
      return 'sent';
    } catch (error) {
      if (error instanceof MailRefused) return 'bounced';
      if (error instanceof LetterInvalid) return 'unsendable';
      if (!(error instanceof MailUnavailable)) throw error;
      this.logger.warn('a letter waits: the mail server did not take it', { error: describeError(error) });
      return 'undelivered';
    }
  }
}

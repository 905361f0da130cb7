import { Injectable } from '@nestjs/common';
import { EventLog } from '@relance/event-log';
import { NurtureProgressed, announceDerived, announceNew } from '@relance/events';
import type { Envelope } from '@relance/events';
import type { Tx } from '@relance/postgres';
import type { EnrolmentName } from '../store/enrolment.repository.js';

export interface Telling {
  readonly enrolment: EnrolmentName;
  readonly what: NurtureProgressed['what'];
  /** The letter's template, where it is about one. */
  readonly step?: string;
  readonly reason?: string;
  /** The event that led to it; absent when time did. */
  readonly parent?: Envelope | undefined;
}

/** Tells what becomes of enrolments. */
@Injectable()
export class Progress {
  constructor(private readonly log: EventLog) {}

  async tell(tx: Tx, tellings: readonly Telling[], at: Date): Promise<void> {
    await this.log.append(
      tx,
      tellings.map(({ enrolment, what, step, reason, parent }) => {
        const saying = {
          by: 'nurture',
          at,
          data: {
            leadId: enrolment.leadId,
            enrolmentId: enrolment.enrolmentId,
            track: enrolment.track,
            what,
            ...(step === undefined ? {} : { step }),
            ...(reason === undefined ? {} : { reason }),
          },
        };
        return parent
          ? announceDerived(NurtureProgressed, saying, parent, `${what}/${enrolment.enrolmentId}`)
          : announceNew(NurtureProgressed, saying, enrolment.correlationId);
      }),
    );
  }
}

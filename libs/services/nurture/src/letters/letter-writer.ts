import { Inject, Injectable } from '@nestjs/common';
import type { LetterTemplate } from '@relance/api';
import { Installation } from '@relance/bootstrap';
import type { ConfigOf } from '@relance/config';
import { derivedId } from '@relance/events';
import type { EnrolmentId } from '@relance/lead';
import type { Letter } from '@relance/notify';
import type { LetterFacts } from '../decide/letter-facts.js';
import { unsubscribeTokenOf } from '../decide/unsubscribe-token.js';
import { writeLetter } from '../decide/write-letter.js';
import { nurtureConfig } from '../nurture.config.js';
import { UnsubscribeSecret } from '../unsubscribe/unsubscribe-secret.js';

/** Puts letters together: words, foot, and the headers by which mail programs offer to unsubscribe. */
@Injectable()
export class LetterWriter {
  constructor(
    private readonly installation: Installation,
    private readonly secret: UnsubscribeSecret,
    @Inject(nurtureConfig.token) private readonly config: ConfigOf<typeof nurtureConfig>,
  ) {}

  /** The same letter has the same Message-ID whenever it is minted. */
  messageIdOf(enrolmentId: EnrolmentId, step: number, attempt: number): string {
    return `${derivedId(enrolmentId, `letter/${step}/${attempt}`)}@${new URL(this.installation.publicUrl).hostname}`;
  }

  /** One-click unsubscribing is RFC 8058. */
  write(enrolmentId: EnrolmentId, template: LetterTemplate, facts: LetterFacts, to: string, messageId: string): Letter {
    const unsubscribeUrl = `${this.installation.publicUrl}/u/${unsubscribeTokenOf(enrolmentId, this.secret.key())}`;
    const written = writeLetter(template, facts, { postalAddress: this.config.NURTURE_POSTAL_ADDRESS, unsubscribeUrl });
    return {
      messageId,
      to,
      ...written,
      headers: {
        'List-Unsubscribe': `<${unsubscribeUrl}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      },
    };
  }
}

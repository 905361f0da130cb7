/** Takes letters. At least once: whoever sends again after a crash uses the same Message-ID. */
export abstract class Mailer {
  /**
   * @throws {LetterInvalid} before anything is sent. @throws {MailRefused} for good. @throws {MailUnavailable} try later.
   */
  abstract send(letter: Letter): Promise<void>;
}

/** One letter to one person. */
export interface Letter {
  /** Derived from what makes the letter unique, `id@host`, with or without angle brackets; the same for every try. */
  readonly messageId: string;
  /** One address, without a name. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string | undefined;
  /** More headers, sent as they are: `List-Unsubscribe`, `Reply-To`… None that this lib sets itself. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

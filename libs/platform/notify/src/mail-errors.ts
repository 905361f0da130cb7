import { AppError } from '@relance/errors';

/** The letter cannot be sent as it is. Says which part is wrong, never what is in it. */
export class LetterInvalid extends AppError {
  readonly code = 'notify.letter-invalid';
  readonly kind = 'invalid';

  constructor(part: string) {
    super(`The letter's ${part} cannot be sent`, { part });
  }
}

/** The mail server refused this letter for good. The same letter again would be refused again. */
export class MailRefused extends AppError {
  readonly code = 'notify.mail-refused';
  readonly kind = 'invalid';

  /** @param facts `reply` is the server's code (550), `status` its enhanced one (5.1.1): the address is wrong, the box is full… */
  constructor(facts: { reply: number; status: string | undefined }) {
    super('The mail server refused the letter', facts);
  }
}

/** The mail server cannot be reached, asks to come back later, or does not let us in. */
export class MailUnavailable extends AppError {
  readonly code = 'notify.mail-unavailable';
  readonly kind = 'unavailable';

  constructor(facts: Readonly<Record<string, unknown>>) {
    super('The letter could not be handed over', facts, { retryAfterSeconds: 60 });
  }
}

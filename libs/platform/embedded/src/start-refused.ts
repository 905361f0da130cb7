import { AppError } from '@relance/errors';

/**
 * Why `npm start` cannot go on, told to the person in front of the terminal.
 *
 * The message says what is wrong and what to do about it; whoever starts the
 * process prints it without a stack and exits with a non-zero code. Nothing on
 * disk was damaged when this is thrown.
 */
export class StartRefused extends AppError {
  readonly code: string;
  readonly kind = 'unavailable';

  constructor(code: string, message: string, cause?: unknown) {
    super(message, {}, { cause });
    this.code = code;
  }
}

/**
 * Why `npm start` cannot go on, told to the person in front of the terminal.
 *
 * The message says what is wrong and what to do about it; whoever starts the
 * process prints it without a stack and exits with a non-zero code. Nothing on
 * disk was damaged when this is thrown.
 */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
  readonly code: StartRefusedCode;

  constructor(code: StartRefusedCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** Stable: scripts may compare it. */
export type StartRefusedCode =
  | 'data-directory.locked'
  | 'data-directory.unwritable'
  | 'data-directory.half-made'
  | 'data-directory.no-space'
  | 'postgres.not-installed'
  | 'postgres.no-user'
  | 'postgres.unreachable'
  | 'postgres.foreign-content'
  | 'postgres.other-version'
  | 'postgres.password-lost'
  | 'postgres.running-elsewhere'
  | 'postgres.init-failed'
  | 'postgres.not-ready';

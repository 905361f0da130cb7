import { createTransport } from 'nodemailer';
import type { NodemailerError, Transporter } from 'nodemailer';
import { checkedLetter } from './checked-letter.js';
import { MailRefused, MailUnavailable } from './mail-errors.js';
import { Mailer } from './mailer.js';
import type { Letter } from './mailer.js';

/** Hands letters to an SMTP server, one connection a letter. */
export class SmtpMailer extends Mailer {
  private readonly transport: Transporter;
  private readonly wholeMs: number;

  /** @param options `timeoutMs` is how long each step may take, 10 s when absent; a letter as a whole may take three times that. */
  constructor(
    url: string,
    private readonly from: string,
    options: { timeoutMs?: number } = {},
  ) {
    super();
    const timeoutMs = options.timeoutMs ?? 10_000;
    this.wholeMs = 3 * timeoutMs;
    this.transport = createTransport({
      url,
      pool: false,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      dnsTimeout: timeoutMs,
    });
  }

  override async send(letter: Letter): Promise<void> {
    const checked = checkedLetter(letter, this.from);
    try {
      await this.transport.sendMail({ ...checked, signal: AbortSignal.timeout(this.wholeMs) });
    } catch (error) {
      throw meaningOf(error as NodemailerError);
    }
  }
}

/**
 * What a failure means. The error itself goes no further: servers quote addresses in what they answer.
 *
 * A refusal of the sender or of our password is the installation's fault, not this letter's: it is worth another try once
 * somebody has repaired it.
 */
function meaningOf(error: NodemailerError): MailRefused | MailUnavailable {
  const reply = error.responseCode;
  const isAboutLetter = error.command === 'RCPT TO' || error.command === 'DATA';
  if (reply !== undefined && error.permanent === true && isAboutLetter) {
    return new MailRefused({ reply, status: /\b5\.\d{1,3}\.\d{1,3}\b/.exec(error.response ?? '')?.[0] });
  }
  return new MailUnavailable({
    reply,
    step: error.command,
    cause: error.code,
    originalCause: error.originalCode,
  });
}

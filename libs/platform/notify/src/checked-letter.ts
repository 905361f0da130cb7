import type { SendMailOptions } from 'nodemailer';
import { LetterInvalid } from './mail-errors.js';
import type { Letter } from './mailer.js';

const ours =
  /^(from|sender|to|cc|bcc|subject|date|message-id|mime-version|content-.*|resent-.*|return-path|received|dkim-.*)$/i;
const headerName = /^[A-Za-z0-9-]+$/;
const controls = /\p{Cc}/u;
const address = /^[^\s\p{Cc}<>()[\]\\,;:"@]+@[^\s\p{Cc}<>()[\]\\,;:"@]+$/u;
const messageId = /^<?([^\s\p{Cc}<>@]+@[^\s\p{Cc}<>@]+)>?$/u;

/** The bare Message-ID. @throws {LetterInvalid} */
export function messageIdOf(letter: Letter): string {
  const id = messageId.exec(letter.messageId)?.[1];
  if (id === undefined) throw new LetterInvalid('Message-ID');
  return id;
}

/**
 * The letter as nodemailer takes it: one recipient, no control character in any header, no access to files or URLs.
 *
 * @throws {LetterInvalid}
 */
export function checkedLetter(letter: Letter, from: string): SendMailOptions {
  if (!address.test(letter.to)) throw new LetterInvalid('recipient');
  if (controls.test(letter.subject)) throw new LetterInvalid('subject');
  for (const [name, value] of Object.entries(letter.headers ?? {})) {
    if (!headerName.test(name) || ours.test(name)) throw new LetterInvalid('header name');
    if (controls.test(value)) throw new LetterInvalid(`header ${name}`);
  }
  return {
    messageId: `<${messageIdOf(letter)}>`,
    from,
    to: { name: '', address: letter.to },
    subject: letter.subject,
    text: letter.text,
    ...(letter.html === undefined ? {} : { html: letter.html }),
    headers: { ...letter.headers },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

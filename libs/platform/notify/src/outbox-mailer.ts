import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { checkedLetter, messageIdOf } from './checked-letter.js';
import { MailUnavailable } from './mail-errors.js';
import { Mailer } from './mailer.js';
import type { Letter } from './mailer.js';

const longestName = 200;

/** Writes letters as `.eml` files (RFC 5322), one per Message-ID: an installation works before it has a mail server. */
export class OutboxMailer extends Mailer {
  private readonly transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });

  constructor(
    private readonly directory: string,
    private readonly from: string,
  ) {
    super();
  }

  override async send(letter: Letter): Promise<void> {
    const { message } = await this.transport.sendMail(checkedLetter(letter, this.from));
    const file = join(this.directory, fileNameOf(messageIdOf(letter)));
    try {
      await mkdir(this.directory, { recursive: true, mode: 0o700 });
      if (!(await exists(file))) await writeAtomically(file, message as Buffer);
    } catch (error) {
      throw new MailUnavailable({
        step: 'write',
        cause: error instanceof Error && 'code' in error ? error.code : undefined,
      });
    }
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** Whoever reads the directory sees whole files only. */
async function writeAtomically(file: string, content: Buffer): Promise<void> {
  const unfinished = `${file}.${randomUUID()}.unfinished`;
  const handle = await open(unfinished, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(unfinished, file);
}

function fileNameOf(messageId: string): string {
  const readable = encodeURIComponent(messageId).replaceAll('*', '%2A').replaceAll('%40', '@');
  const name = readable.length <= longestName ? readable : createHash('sha256').update(messageId).digest('hex');
  return `${name}.eml`;
}

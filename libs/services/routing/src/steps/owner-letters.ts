import { Injectable } from '@nestjs/common';
import { Installation } from '@relance/bootstrap';
import { Clock } from '@relance/clock';
import { AppError } from '@relance/errors';
import { EventLog } from '@relance/event-log';
import { LeadTold } from '@relance/events';
import type { JobRun } from '@relance/jobs';
import { Mailer } from '@relance/notify';
import type { Letter } from '@relance/notify';
import { Db } from '@relance/postgres';
import { NotificationRepository } from '../store/notification.repository.js';
import type { Untold } from '../store/notification.repository.js';
import { newStory } from './story.js';

/** Sends one letter at most once a round, and notes its receipt. A letter refused for good is noted and not tried again. */
@Injectable()
export class OwnerLetters {
  constructor(
    private readonly notifications: NotificationRepository,
    private readonly mailer: Mailer,
    private readonly installation: Installation,
    private readonly db: Db,
    private readonly log: EventLog,
    private readonly clock: Clock,
  ) {}

  async send(job: JobRun): Promise<void> {
    const untold = await this.untold(job);
    if (!untold) return;
    try {
      await this.mailer.send(letterTo(untold, `${this.installation.publicUrl}/leads/${untold.leadId}`));
    } catch (error) {
      if (!(error instanceof AppError) || error.kind === 'unavailable') throw error;
      await this.note(untold, 'failed', error.code);
      return;
    }
    await this.note(untold, 'sent');
  }

  async giveUp(job: JobRun, error: unknown): Promise<void> {
    const untold = await this.untold(job);
    if (untold) await this.note(untold, 'failed', error instanceof AppError ? error.code : 'bug');
  }

  private async untold({ id }: JobRun): Promise<Untold | null> {
    const at = id.lastIndexOf('.');
    return this.notifications.untold(id.slice(0, at), Number(id.slice(at + 1)));
  }

  private async note(untold: Untold, receipt: 'sent' | 'failed', reason?: string): Promise<void> {
    const { leadId, assignmentId, round, member, correlationId } = untold;
    await this.db.transaction(async (tx) => {
      if (!(await this.notifications.told(tx, assignmentId, round))) return;
      const story = newStory(correlationId, this.clock.now());
      await this.log.append(tx, [
        story.tell(LeadTold, {
          leadId,
          assignmentId,
          member,
          channel: 'email',
          receipt,
          ...(reason === undefined ? {} : { reason }),
        }),
      ]);
    });
  }
}

/** Writes the letter for one assignment and round. */
function letterTo({ assignmentId, round, email, why, facts }: Untold, link: string): Letter {
  const who = facts.company.name ?? facts.person.fullName ?? 'a lead';
  const lines = [
    [facts.person.fullName, facts.person.jobTitle, facts.company.name].filter(Boolean).join(', '),
    facts.person.phone,
    facts.person.email,
    facts.request.message,
    `Why you: ${why}`,
    link,
  ];
  return {
    messageId: `${assignmentId}.${round}@relance`,
    to: email,
    subject: `${round === 1 ? 'New lead' : 'Asked again'}: ${who}`.replaceAll(/\p{Cc}+/gu, ' ').slice(0, 200),
    text: lines.filter((line) => line !== undefined && line !== '').join('\n\n'),
  };
}

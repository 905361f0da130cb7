import { Inject, Injectable } from '@nestjs/common';
import type { ConfigOf } from '@relance/config';
import { Jobs } from '@relance/jobs';
import { Logger, describeError } from '@relance/logging';
import { notifyConfig } from '@relance/notify';
import type { Tx } from '@relance/postgres';
import type { Changes } from './changes.js';

/** The queue of letters to owners. A job's id is the assignment and the round: `<assignmentId>.<round>`. */
export const tellOwnerQueue = 'routing.tell-owner';

/** Has owners told by e-mail, where there is a mail server. Without one the console is the channel, and nothing is queued. */
@Injectable()
export class Notifier {
  constructor(
    private readonly jobs: Jobs,
    private readonly logger: Logger,
    @Inject(notifyConfig.token) private readonly config: ConfigOf<typeof notifyConfig>,
  ) {}

  get isOn(): boolean {
    return this.config.SMTP_URL !== undefined;
  }

  /** Arms the letters of what was assigned, once it is committed. */
  tellOwners(tx: Tx, { assigned, rounds }: Changes): void {
    if (!this.isOn) return;
    const jobs = [...assigned, ...rounds].map(({ assignmentId, round }) => ({ id: `${assignmentId}.${round}` }));
    if (jobs.length > 0) tx.afterCommit(() => this.arm(jobs));
  }

  /** A queue out of reach is no failure: the sweep finds owners who were not told. */
  arm(jobs: readonly { id: string }[]): void {
    this.jobs.schedule(tellOwnerQueue, jobs).catch((error: unknown) => {
      this.logger.warn('letters to owners could not be queued', { error: describeError(error) });
    });
  }
}

import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { SourceKey } from '@relance/lead';
import { Db } from '@relance/postgres';
import type { Tx } from '@relance/postgres';
import { DeliveryRepository } from '../store/delivery.repository.js';
import type { TakenKey } from '../store/delivery.repository.js';
import { SourceNotFound } from '../store/source-errors.js';
import { SourceRepository } from '../store/source.repository.js';
import { SubmissionRepository } from '../store/submission.repository.js';
import type { AddressedSubmission } from '../store/submission.repository.js';
import { DeliveryKeyReused } from './accept-errors.js';
import { GroupCommit } from './group-commit.js';
import { LeadJoining } from './lead-joining.js';
import type { Accepted, Submission } from './submission.js';

const limits = { mostWaiting: 2_000, mostPerBatch: 256, mostInFlight: 2, deadlineMs: 3_000 };

type Outcome = Accepted | Error;

/**
 * Where every door ends: what comes back from here is committed, with its event, and will never be lost.
 *
 * Submissions are committed in groups. A delivery that was accepted before gets the answer it got then.
 */
@Injectable()
export class Acceptance implements BeforeApplicationShutdown {
  private readonly group = new GroupCommit<Submission, Accepted>((submissions) => this.commit(submissions), limits);
  /** Sources that are known to be marked as used, so that they need not be marked again. */
  private readonly used = new Set<SourceKey>();

  constructor(
    private readonly db: Db,
    private readonly sources: SourceRepository,
    private readonly deliveries: DeliveryRepository,
    private readonly joining: LeadJoining,
    private readonly submissions: SubmissionRepository,
  ) {}

  /**
   * @throws {DeliveryKeyReused} {SourceNotFound} {AcceptQueueFull} {AcceptDeadlinePassed} {NotAccepting}
   * {DatabaseUnavailable} and its like. After those of kind `unavailable` the same may be sent again, and is one lead.
   */
  accept(submission: Submission): Promise<Accepted> {
    return this.group.put(submission);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.group.close();
  }

  private commit(submissions: readonly Submission[]): Promise<Outcome[]> {
    return this.db.transaction((tx) => this.commitIn(tx, submissions));
  }

  private async commitIn(tx: Tx, submissions: readonly Submission[]): Promise<Outcome[]> {
    const gone = await this.markUsed(tx, submissions);
    const firsts = new Map<string, Submission>();
    for (const submission of submissions) {
      const { key } = submission.delivery;
      if (!gone.has(submission.sourceKey) && !firsts.has(key)) firsts.set(key, submission);
    }
    const taken = await this.deliveries.claim(tx, [...firsts.values()]);
    const answered = await this.earlierAnswers(tx, taken);
    const fresh = [...firsts.values()].filter(({ delivery }) => !answered.has(delivery.key));

    const joined = await this.joining.join(
      tx,
      fresh.filter(({ suspicion }) => suspicion === null),
    );
    const apart = fresh.flatMap((submission): AddressedSubmission[] =>
      submission.suspicion === null ? [] : [{ submission, leadId: submission.leadId }],
    );
    const stored = [...joined.addressed, ...apart];
    if (stored.length > 0) await this.joining.write(tx, joined, stored);

    for (const { submission, leadId } of stored) {
      const status = submission.suspicion === null ? 'accepted' : 'quarantined';
      const accepted: Accepted = { submissionId: submission.submissionId, leadId, status };
      answered.set(submission.delivery.key, { accepted, content: submission.delivery.content });
    }
    return submissions.map((submission) => answerOf(submission, answered));
  }

  /** What senders of the same deliveries were told; a key whose holder stored nothing is ours. */
  private async earlierAnswers(tx: Tx, taken: ReadonlyMap<string, TakenKey>): Promise<Map<string, Answered>> {
    const answered = new Map<string, Answered>();
    if (taken.size === 0) return answered;
    const answers = await this.submissions.answersOf(
      tx,
      [...taken.values()].map(({ submissionId }) => submissionId),
    );
    for (const [key, { submissionId, content }] of taken) {
      const accepted = answers.get(submissionId);
      if (accepted) answered.set(key, { accepted, content });
    }
    return answered;
  }

  /** A source that leads point to cannot be deleted. @returns those that are gone already. */
  private async markUsed(tx: Tx, submissions: readonly Submission[]): Promise<ReadonlySet<SourceKey>> {
    const unknown = new Set<SourceKey>();
    for (const { sourceKey } of submissions) if (!this.used.has(sourceKey)) unknown.add(sourceKey);
    if (unknown.size === 0) return unknown;
    const marked = await this.sources.markUsed(tx, [...unknown]);
    tx.afterCommit(() => {
      for (const key of marked) this.used.add(key);
    });
    for (const key of marked) unknown.delete(key);
    return unknown;
  }
}

interface Answered {
  readonly accepted: Accepted;
  readonly content: string;
}

function answerOf(submission: Submission, answered: ReadonlyMap<string, Answered>): Outcome {
  const { key, content, isNamed } = submission.delivery;
  const answer = answered.get(key);
  if (!answer) return new SourceNotFound(submission.sourceKey);
  return isNamed && answer.content !== content ? new DeliveryKeyReused() : answer.accepted;
}

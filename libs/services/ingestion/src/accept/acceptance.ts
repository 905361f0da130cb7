import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { LeadId, SourceKey } from '@relance/lead';
import { DatabaseUnavailable, Db, LostRace, classify } from '@relance/postgres';
import type { Tx } from '@relance/postgres';
import { identityOf } from '../decide/normalise-facts.js';
import { DeliveryRepository } from '../store/delivery.repository.js';
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

  /** Most go in one statement. The others, and whoever turns out not to be new, in a transaction after it. */
  private async commit(submissions: readonly Submission[]): Promise<Outcome[]> {
    const outcomes = new Map<Submission, Outcome>();
    const plain = this.plainOnes(submissions);
    const met = plain.length > 0 ? await this.meetAlone(plain) : [];
    for (const { submission, leadId } of met) outcomes.set(submission, answer(submission, leadId).accepted);
    const others = submissions.filter((submission) => !outcomes.has(submission));
    if (others.length > 0) {
      const found = await this.commitOthers(others, met.length > 0);
      others.forEach((submission, index) => outcomes.set(submission, found[index] as Outcome));
    }
    return submissions.map((submission) => outcomes.get(submission) as Outcome);
  }

  /** @param mayFailAlone others of the batch are committed already: what is out of reach now is told these only. */
  private async commitOthers(others: readonly Submission[], mayFailAlone: boolean): Promise<readonly Outcome[]> {
    try {
      return await this.db.transaction((tx) => this.commitIn(tx, others));
    } catch (error) {
      // The whole batch may be tried again, in halves or at once: those that are committed get the same answer.
      if (!(error instanceof DatabaseUnavailable || error instanceof LostRace) || !mayFailAlone) throw error;
      return others.map(() => error);
    }
  }

  /** Those without a number to look up, each with an address and a key of its own, from sources known to be used. */
  private plainOnes(submissions: readonly Submission[]): Submission[] {
    const seen = new Set<string>();
    return submissions.filter(({ sourceKey, facts, delivery }) => {
      const { email, phone } = identityOf(facts);
      if (phone !== undefined || !this.used.has(sourceKey)) return false;
      if (seen.has(delivery.key) || (email !== undefined && seen.has(email))) return false;
      seen.add(delivery.key);
      if (email !== undefined) seen.add(email);
      return true;
    });
  }

  private async meetAlone(plain: readonly Submission[]): Promise<AddressedSubmission[]> {
    try {
      return await this.joining.meetAlone(plain);
    } catch (error) {
      // Ended as the loser of a deadlock: nothing of it stays, and a transaction tries as often as it takes.
      if (classify(error) === 'race-lost') return [];
      throw error;
    }
  }

  private async commitIn(tx: Tx, submissions: readonly Submission[]): Promise<Outcome[]> {
    const gone = await this.markUsed(tx, submissions);
    const firsts = new Map<string, Submission>();
    for (const submission of submissions) {
      const { key } = submission.delivery;
      if (!gone.has(submission.sourceKey) && !firsts.has(key)) firsts.set(key, submission);
    }
    const { met, known, repeated } = await this.joining.meet(tx, [...firsts.values()]);
    const answered = new Map<string, Answered>();
    const renewed = repeated.length > 0 ? await this.answerRepeats(tx, repeated, answered) : [];
    const stored = known.length + renewed.length > 0 ? await this.joinKnown(tx, known, renewed, answered) : [];
    for (const { submission, leadId } of [...met, ...stored])
      answered.set(submission.delivery.key, answer(submission, leadId));
    return submissions.map((submission) => answerOf(submission, answered));
  }

  /**
   * Finds what the senders of the same deliveries were told.
   *
   * @returns those that are no repeats after all: their keys had expired, and are theirs now.
   */
  private async answerRepeats(
    tx: Tx,
    repeated: readonly Submission[],
    answered: Map<string, Answered>,
  ): Promise<Submission[]> {
    let open = repeated;
    const renewed: Submission[] = [];
    while (open.length > 0) {
      const held = await this.deliveries.held(
        tx,
        open.map(({ delivery }) => delivery.key),
      );
      const expired = open.filter(({ delivery }) => held.get(delivery.key)?.isExpired ?? true);
      const standing = [...held.values()].flatMap(({ submissionId, isExpired }) => (isExpired ? [] : submissionId));
      const answers =
        standing.length > 0 ? await this.submissions.answersOf(tx, standing) : new Map<string, Accepted>();
      for (const { delivery } of open) {
        const holder = held.get(delivery.key);
        const accepted = holder && answers.get(holder.submissionId);
        if (accepted) answered.set(delivery.key, { accepted, content: holder.content });
      }
      if (expired.length === 0) break;
      const taken = await this.deliveries.takeOver(tx, expired);
      renewed.push(...expired.filter(({ submissionId }) => taken.has(submissionId)));
      // Somebody else was quicker to take the others.
      open = expired.filter(({ submissionId }) => !taken.has(submissionId));
    }
    return renewed;
  }

  private async joinKnown(
    tx: Tx,
    known: readonly Submission[],
    renewed: readonly Submission[],
    answered: Map<string, Answered>,
  ): Promise<AddressedSubmission[]> {
    const genuine = renewed.filter(({ suspicion }) => suspicion === null);
    const apart = renewed
      .filter(({ suspicion }) => suspicion !== null)
      .map((submission) => ({ submission, leadId: submission.leadId }));
    const joined = await this.joining.join(tx, [...known, ...genuine]);
    for (const [submission, accepted] of joined.repeated)
      answered.set(submission.delivery.key, { accepted, content: null });
    const stored = [...joined.addressed, ...apart];
    if (stored.length > 0) await this.joining.write(tx, joined, stored);
    return stored;
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
  /** Of what was said, where the sender chose the key. */
  readonly content: string | null;
}

function answer({ submissionId, suspicion, delivery }: Submission, leadId: LeadId): Answered {
  const status = suspicion === null ? 'accepted' : 'quarantined';
  return { accepted: { submissionId, leadId, status }, content: delivery.isNamed ? delivery.content : null };
}

function answerOf(submission: Submission, answered: ReadonlyMap<string, Answered>): Outcome {
  const { key, content, isNamed } = submission.delivery;
  const found = answered.get(key);
  if (!found) return new SourceNotFound(submission.sourceKey);
  return isNamed && found.content !== content ? new DeliveryKeyReused() : found.accepted;
}

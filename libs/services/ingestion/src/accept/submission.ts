import type { LeadFacts, LeadId, SourceKey, SubmissionId } from '@relance/lead';
import type { Suspicion } from '../decide/decide-suspicion.js';
import type { Trust } from '../decide/join-facts.js';

/** What one delivery says of one person, ready to be accepted. Every door makes these. */
export interface Submission {
  readonly submissionId: SubmissionId;
  /** The lead it makes when nobody is known by these details. */
  readonly leadId: LeadId;
  readonly sourceKey: SourceKey;
  readonly facts: LeadFacts;
  /** Path → as it was given, where normalising changed it. */
  readonly originals: Readonly<Record<string, string>>;
  readonly trust: Trust;
  /** Why it may be spam: accepted, and kept apart until somebody releases it. */
  readonly suspicion: Suspicion | null;
  readonly receivedAt: Date;
  readonly delivery: Delivery;
}

/** What makes a delivery the same as an earlier one. Ids are the first 128 bits of a SHA-256, in hex. */
export interface Delivery {
  readonly key: string;
  /** Of what was said. */
  readonly content: string;
  /** The sender chose the key: the same key with another content is refused. */
  readonly isNamed: boolean;
  /** Seconds until the key is free again; null for never. */
  readonly keptForSeconds: number | null;
  /**
   * How an earlier one is found: by the key, which is kept; or among what its person said lately, under their lead's
   * lock, where it can be known by nothing but what it says and the person has an address.
   */
  readonly isFoundBy: 'key' | 'person';
}

/** What the sender is told; the same for every repeat. */
export interface Accepted {
  readonly submissionId: SubmissionId;
  readonly leadId: LeadId;
  readonly status: 'accepted' | 'quarantined';
}

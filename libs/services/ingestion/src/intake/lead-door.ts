import { newId } from '@relance/events';
import { InvalidInput } from '@relance/errors';
import type { FieldIssue } from '@relance/errors';
import type { LeadFacts, LeadId, SubmissionId } from '@relance/lead';
import type { Acceptance } from '../accept/acceptance.js';
import { deliveryOf } from '../accept/delivery-of.js';
import type { DeliveryNames } from '../accept/delivery-of.js';
import type { Accepted, Submission } from '../accept/submission.js';
import { decideSuspicion } from '../decide/decide-suspicion.js';
import type { Suspicion } from '../decide/decide-suspicion.js';
import type { Trust } from '../decide/join-facts.js';
import { normaliseFacts } from '../decide/normalise-facts.js';
import type { GivenFacts } from '../decide/read-form.js';
import type { Answer, Door, Incoming } from './incoming.js';

/** One person's details in a request, as given. */
export interface Piece extends DeliveryNames {
  readonly given: GivenFacts;
  /** What the request itself gives away; a public form's facts are looked at besides. */
  readonly suspicion: Suspicion | null;
  /** The platform's own time of it; when we received it, where absent. */
  readonly occurredAt?: Date;
  readonly pageUrl?: string | undefined;
}

/**
 * How one kind of source talks: what proves that it is the sender, what a request holds, and what the sender wants to
 * hear. The bytes are verified before they are parsed.
 */
export interface Adapter<Split extends { readonly pieces: readonly Piece[] } = { readonly pieces: readonly Piece[] }> {
  readonly trust: Trust;
  /** @throws an AppError of kind `unauthenticated` or `forbidden`. */
  verify(incoming: Incoming): void;
  /** Parses. @throws {MalformedBody} {InvalidInput} */
  split(incoming: Incoming): Split | Promise<Split>;
  /** What makes the facts useless, by field; nothing where anything is taken. */
  check(facts: LeadFacts): readonly FieldIssue[];
  answer(accepted: readonly Accepted[], split: Split, incoming: Incoming): Answer;
}

/** The way of a lead through any door: verify → split → normalise → accept → answer. */
export function leadDoor<Split extends { readonly pieces: readonly Piece[] }>(
  place: Omit<Door, 'receive'>,
  adapter: Adapter<Split>,
  acceptance: Pick<Acceptance, 'accept'>,
): Door {
  return {
    ...place,
    async receive(incoming) {
      adapter.verify(incoming);
      const split = await adapter.split(incoming);
      const submissions = split.pieces.map((piece) => submissionOf(piece, adapter, incoming));
      const [first] = submissions;
      const accepted =
        submissions.length === 1 && first
          ? [await acceptance.accept(first)]
          : await Promise.all(submissions.map((each) => acceptance.accept(each)));
      return adapter.answer(accepted, split, incoming);
    },
  };
}

function submissionOf(
  piece: Piece,
  adapter: Pick<Adapter, 'trust' | 'check'>,
  { source, receivedAt }: Incoming,
): Submission {
  const { facts, originals } = normaliseFacts(piece.given, {
    sourceKey: source.key,
    defaultCountry: source.defaultCountry,
    consentWording: source.settings.consentWording,
    pageUrl: piece.pageUrl,
    occurredAt: piece.occurredAt ?? receivedAt,
    receivedAt,
  });
  const issues = adapter.check(facts);
  if (issues.length > 0) throw new InvalidInput(issues);
  const suspicion = piece.suspicion ?? (adapter.trust === 'public' ? decideSuspicion(facts) : null);
  return {
    submissionId: newId() as SubmissionId,
    leadId: newId() as LeadId,
    sourceKey: source.key,
    facts,
    originals,
    trust: adapter.trust,
    suspicion,
    receivedAt,
    delivery: deliveryOf(source.key, { given: piece.given, facts, suspicion }, piece),
  };
}

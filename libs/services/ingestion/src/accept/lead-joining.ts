import { Injectable } from '@nestjs/common';
import { EventLog } from '@relance/event-log';
import { LeadReceived, announceNew } from '@relance/events';
import type { Announcement } from '@relance/events';
import type { LeadId, SubmissionId } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import { joinFacts } from '../decide/join-facts.js';
import { identityOf } from '../decide/normalise-facts.js';
import { recognisePeople } from '../decide/recognise-people.js';
import type { Claimant, PhoneOwner } from '../decide/recognise-people.js';
import { IdentityRepository } from '../store/identity.repository.js';
import { LeadRepository } from '../store/lead.repository.js';
import type { LeadRow } from '../store/lead.repository.js';
import { MeetingRepository } from '../store/meeting.repository.js';
import type { Arrival } from '../store/meeting.repository.js';
import { SubmissionRepository } from '../store/submission.repository.js';
import type { AddressedSubmission } from '../store/submission.repository.js';
import type { Accepted, Submission } from './submission.js';

/** What came of submissions at first sight. */
export interface Met {
  /** Stored and said: of new people, or kept apart. */
  readonly met: readonly AddressedSubmission[];
  /** Of people that are known perhaps: to {@link LeadJoining.join}. */
  readonly known: readonly Submission[];
  /** Delivered before. */
  readonly repeated: readonly Submission[];
}

/** What submissions make of leads, to be written by the transaction that found it out. */
export interface Joined {
  /** Their person said the same lately: what was answered then. */
  readonly repeated: ReadonlyMap<Submission, Accepted>;
  readonly addressed: readonly AddressedSubmission[];
  readonly newLeads: readonly LeadRow[];
  readonly changedLeads: readonly LeadRow[];
  readonly phones: readonly { phone: string; leadId: LeadId }[];
  readonly announcements: readonly Announcement[];
}

interface Addresses {
  /** The lead of each submission, in order. */
  readonly leadIds: readonly LeadId[];
  /** The lead that was thought of before its lock was held. */
  readonly recognised: readonly LeadId[];
  readonly standing: ReadonlyMap<LeadId, LeadRow>;
}

const nobody: ReadonlyMap<string, PhoneOwner[]> = new Map();

/**
 * Finds out whose submissions are and adds them to their leads.
 *
 * Numbers are locked, then addresses and keys claimed, then leads locked, each in sorted order: transactions that meet
 * wait for each other one way only, and who comes second finds the lead that the first one made.
 */
@Injectable()
export class LeadJoining {
  constructor(
    private readonly meetings: MeetingRepository,
    private readonly identities: IdentityRepository,
    private readonly leads: LeadRepository,
    private readonly submissions: SubmissionRepository,
    private readonly log: EventLog,
  ) {}

  /** Stores, in one statement, what is a new delivery of a new person. */
  async meet(tx: Tx, submissions: readonly Submission[]): Promise<Met> {
    if (submissions.length === 0) return { met: [], known: [], repeated: [] };
    const arrivals = await this.arrivals(tx, submissions);
    const left = await this.meetings.meet(tx, arrivals);
    await this.forgetUnfounded(tx, arrivals, left.repeated);
    const met = submissions.filter(
      ({ submissionId }) => !left.known.has(submissionId) && !left.repeated.has(submissionId),
    );
    await this.log.append(
      tx,
      met
        .filter(({ suspicion }) => suspicion === null)
        .map((submission) => received(submission, newLead(submission, submission.leadId))),
    );
    return {
      met: met.map((submission) => ({ submission, leadId: submission.leadId })),
      known: submissions.filter(({ submissionId }) => left.known.has(submissionId)),
      repeated: submissions.filter(({ submissionId }) => left.repeated.has(submissionId)),
    };
  }

  /**
   * The same as a transaction of its own, for those who come without a phone number, each with an address and a key
   * that no other of them has.
   *
   * @returns those that are stored and said. @throws {DatabaseUnavailable} it may have happened or not.
   */
  async meetAlone(submissions: readonly Submission[]): Promise<AddressedSubmission[]> {
    const left = await this.meetings.meetAlone(
      submissions.map((submission): Arrival => {
        const isNew = submission.suspicion === null;
        const email = isNew ? (identityOf(submission.facts).email ?? null) : null;
        return { submission, email, phone: null, proposed: submission.leadId, isNew };
      }),
      submissions.map((submission) =>
        submission.suspicion === null ? received(submission, newLead(submission, submission.leadId)) : null,
      ),
    );
    return submissions
      .filter(({ submissionId }) => !left.has(submissionId))
      .map((submission) => ({ submission, leadId: submission.leadId }));
  }

  /** A repeat that came with another address claimed it for nobody. */
  private async forgetUnfounded(
    tx: Tx,
    arrivals: readonly Arrival[],
    repeated: ReadonlySet<SubmissionId>,
  ): Promise<void> {
    const claims = new Map<string, LeadId>();
    for (const { submission, email } of arrivals)
      if (email !== null && repeated.has(submission.submissionId)) claims.set(email, submission.leadId);
    if (claims.size > 0) await this.identities.forgetUnfounded(tx, claims);
  }

  private async arrivals(tx: Tx, submissions: readonly Submission[]): Promise<Arrival[]> {
    const claimants = new Map<Submission, Claimant>();
    for (const submission of submissions)
      if (submission.suspicion === null) claimants.set(submission, claimantOf(submission));
    const owners = await this.phoneOwners(tx, [...claimants.values()]);
    const proposed = recognisePeople([...claimants.values()], { emails: new Map(), phones: owners }).values();
    const claimed = new Set<string>();
    return submissions.map((submission): Arrival => {
      const claimant = claimants.get(submission);
      if (!claimant) return { submission, email: null, phone: null, proposed: submission.leadId, isNew: false };
      const leadId = proposed.next().value ?? submission.leadId;
      const email = claimant.email === undefined || claimed.has(claimant.email) ? null : claimant.email;
      if (email !== null) claimed.add(email);
      return {
        submission,
        email,
        phone: claimant.phone ?? null,
        proposed: leadId,
        isNew: leadId === submission.leadId,
      };
    });
  }

  private async phoneOwners(tx: Tx, claimants: readonly Claimant[]): Promise<ReadonlyMap<string, PhoneOwner[]>> {
    const phones = new Set<string>();
    for (const { phone } of claimants) if (phone !== undefined) phones.add(phone);
    if (phones.size === 0) return nobody;
    await this.identities.lockPhones(tx, [...phones]);
    return this.identities.phoneOwners(tx, [...phones]);
  }

  /** @returns what to {@link write}, in the order of the submissions. */
  async join(tx: Tx, submissions: readonly Submission[]): Promise<Joined> {
    const claimants = submissions.map(claimantOf);
    const addresses = await this.addresses(tx, claimants);
    const repeated = await this.repeats(tx, submissions, addresses);
    return fold(submissions, claimants, addresses, repeated);
  }

  /** Writes leads with these submissions, and says what was received. */
  async write(tx: Tx, joined: Joined, submissions: readonly AddressedSubmission[]): Promise<void> {
    await this.submissions.insert(tx, joined.newLeads, joined.phones, submissions);
    if (joined.changedLeads.length > 0) await this.leads.update(tx, joined.changedLeads);
    await this.log.append(tx, joined.announcements);
  }

  private async addresses(tx: Tx, claimants: readonly Claimant[]): Promise<Addresses> {
    const owners = await this.phoneOwners(tx, claimants);
    const proposed = recognisePeople(claimants, { emails: new Map(), phones: owners });
    const claims = new Map<string, LeadId>();
    claimants.forEach(({ email }, index) => {
      if (email !== undefined && !claims.has(email)) claims.set(email, proposed[index] as LeadId);
    });
    const taken = claims.size > 0 ? await this.identities.claimEmails(tx, claims) : new Map<string, LeadId>();
    const recognised = taken.size > 0 ? recognisePeople(claimants, { emails: taken, phones: owners }) : proposed;

    const standing =
      recognised.length > 0 ? await this.leads.lock(tx, [...new Set(recognised)].sort()) : new Map<LeadId, LeadRow>();
    const leadIds = addressed(claimants, recognised, standing);

    const owned = new Map([...claims, ...taken]);
    const moves = new Map<string, LeadId>();
    claimants.forEach(({ email }, index) => {
      const leadId = leadIds[index] as LeadId;
      if (email !== undefined && owned.get(email) !== leadId) moves.set(email, leadId);
    });
    if (moves.size > 0) await this.identities.moveEmails(tx, moves);
    return { leadIds, recognised, standing: new Map([...standing.values()].map((lead) => [lead.leadId, lead])) };
  }

  /** What is there already of those that are found by their person. */
  private async repeats(
    tx: Tx,
    submissions: readonly Submission[],
    { leadIds, recognised, standing }: Addresses,
  ): Promise<ReadonlyMap<Submission, Accepted>> {
    const candidates = submissions.flatMap((submission, index) => {
      const leadId = leadIds[index] as LeadId;
      const isCandidate = submission.delivery.isFoundBy === 'person' && standing.has(leadId);
      return isCandidate ? [{ submission, leadIds: new Set([leadId, recognised[index] as LeadId]) }] : [];
    });
    return candidates.length > 0 ? this.submissions.saidBefore(tx, candidates) : new Map<Submission, Accepted>();
  }
}

/** The lead under its lock: merged meanwhile → the winner; forgotten meanwhile → a new one, of whoever came first. */
function addressed(
  claimants: readonly Claimant[],
  recognised: readonly LeadId[],
  standing: ReadonlyMap<LeadId, LeadRow>,
): LeadId[] {
  const made = new Set(claimants.map(({ leadId }) => leadId));
  const renewed = new Map<LeadId, LeadId>();
  return claimants.map((claimant, index) => {
    const leadId = recognised[index] as LeadId;
    const locked = standing.get(leadId);
    if (locked) return locked.leadId;
    if (made.has(leadId)) return leadId;
    const anew = renewed.get(leadId) ?? claimant.leadId;
    renewed.set(leadId, anew);
    return anew;
  });
}

function claimantOf(submission: Submission): Claimant {
  return { leadId: submission.leadId, ...identityOf(submission.facts), person: submission.facts.person };
}

/** Adds each submission to its lead in the order they came, one revision each. */
function fold(
  submissions: readonly Submission[],
  claimants: readonly Claimant[],
  { leadIds, standing }: Addresses,
  repeated: ReadonlyMap<Submission, Accepted>,
): Joined {
  const leads = new Map<LeadId, LeadRow>();
  const announcements: Announcement[] = [];
  const phones: { phone: string; leadId: LeadId }[] = [];
  const addressed = submissions.flatMap((submission, index): AddressedSubmission[] => {
    if (repeated.has(submission)) return [];
    const leadId = leadIds[index] as LeadId;
    const known = leads.get(leadId) ?? standing.get(leadId);
    const lead: LeadRow = known
      ? { ...known, ...joinFacts(known, submission.facts, submission.trust), revision: known.revision + 1 }
      : newLead(submission, leadId);
    leads.set(leadId, lead);
    announcements.push(received(submission, lead));
    const phone = claimants[index]?.phone;
    if (phone !== undefined) phones.push({ phone, leadId });
    return [{ submission, leadId }];
  });
  const rows = [...leads.values()];
  return {
    repeated,
    addressed,
    newLeads: rows.filter((lead) => !standing.has(lead.leadId)),
    changedLeads: rows.filter((lead) => standing.has(lead.leadId)),
    phones,
    announcements,
  };
}

function newLead({ submissionId, facts }: Submission, leadId: LeadId): LeadRow {
  return { leadId, revision: 1, facts, alternatives: [], story: submissionId };
}

function received(submission: Submission, lead: LeadRow): Announcement {
  const isOnlyTest = submission.facts.test && !lead.facts.test;
  return announceNew(
    LeadReceived,
    {
      data: {
        leadId: lead.leadId,
        submissionId: submission.submissionId,
        revision: lead.revision,
        sourceKey: submission.sourceKey,
        facts: lead.facts,
        asks: { asksForContact: !isOnlyTest && (submission.facts.request.asksForContact ?? false) },
        test: lead.facts.test,
        ...(lead.alternatives.length === 0 ? {} : { alternatives: [...lead.alternatives] }),
      },
      by: 'ingestion',
      at: new Date(submission.facts.occurredAt),
    },
    lead.story,
  );
}

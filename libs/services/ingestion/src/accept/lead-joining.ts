import { Injectable } from '@nestjs/common';
import { EventLog } from '@relance/event-log';
import { LeadReceived, announceNew } from '@relance/events';
import type { Announcement } from '@relance/events';
import type { LeadId } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import { joinFacts } from '../decide/join-facts.js';
import { identityOf } from '../decide/normalise-facts.js';
import { recognisePeople } from '../decide/recognise-people.js';
import type { Claimant, PhoneOwner } from '../decide/recognise-people.js';
import { IdentityRepository } from '../store/identity.repository.js';
import { LeadRepository } from '../store/lead.repository.js';
import type { LeadRow } from '../store/lead.repository.js';
import { SubmissionRepository } from '../store/submission.repository.js';
import type { AddressedSubmission } from '../store/submission.repository.js';
import type { Submission } from './submission.js';

/** What submissions make of leads, to be written by the transaction that found it out. */
export interface Joined {
  readonly addressed: readonly AddressedSubmission[];
  readonly newLeads: readonly LeadRow[];
  readonly changedLeads: readonly LeadRow[];
  readonly phones: readonly { phone: string; leadId: LeadId }[];
  readonly announcements: readonly Announcement[];
}

interface Addresses {
  /** The lead of each submission, in order. */
  readonly leadIds: readonly LeadId[];
  readonly standing: ReadonlyMap<LeadId, LeadRow>;
}

const nobody: ReadonlyMap<string, PhoneOwner[]> = new Map();

/**
 * Finds out whose submissions are and adds them to their leads.
 *
 * Numbers are locked, then addresses claimed, then leads locked, each in sorted order: transactions that meet wait for
 * each other one way only, and who comes second finds the lead that the first one made.
 */
@Injectable()
export class LeadJoining {
  constructor(
    private readonly identities: IdentityRepository,
    private readonly leads: LeadRepository,
    private readonly submissions: SubmissionRepository,
    private readonly log: EventLog,
  ) {}

  /** @returns what to {@link write}, in the order of the submissions. */
  async join(tx: Tx, submissions: readonly Submission[]): Promise<Joined> {
    if (submissions.length === 0)
      return { addressed: [], newLeads: [], changedLeads: [], phones: [], announcements: [] };
    const claimants = submissions.map(claimantOf);
    return fold(submissions, claimants, await this.addresses(tx, claimants));
  }

  /** Writes leads with these submissions, and says what was received. */
  async write(tx: Tx, joined: Joined, submissions: readonly AddressedSubmission[]): Promise<void> {
    await this.submissions.insert(tx, joined.newLeads, joined.phones, submissions);
    if (joined.changedLeads.length > 0) await this.leads.update(tx, joined.changedLeads);
    await this.log.append(tx, joined.announcements);
  }

  private async addresses(tx: Tx, claimants: readonly Claimant[]): Promise<Addresses> {
    const phones = [...new Set(claimants.flatMap(({ phone }) => phone ?? []))];
    if (phones.length > 0) await this.identities.lockPhones(tx, phones);
    const owners = phones.length > 0 ? await this.identities.phoneOwners(tx, phones) : nobody;

    const proposed = recognisePeople(claimants, { emails: new Map(), phones: owners });
    const claims = new Map<string, LeadId>();
    claimants.forEach(({ email }, index) => {
      if (email !== undefined && !claims.has(email)) claims.set(email, proposed[index] as LeadId);
    });
    const taken = claims.size > 0 ? await this.identities.claimEmails(tx, claims) : new Map<string, LeadId>();
    const recognised = taken.size > 0 ? recognisePeople(claimants, { emails: taken, phones: owners }) : proposed;

    const made = new Set(claimants.map(({ leadId }) => leadId));
    const known = [...new Set(recognised.filter((leadId) => !made.has(leadId)))].sort();
    const standing = known.length > 0 ? await this.leads.lock(tx, known) : new Map<LeadId, LeadRow>();
    const leadIds = addressed(claimants, recognised, made, standing);

    const owned = new Map([...claims, ...taken]);
    const moves = new Map<string, LeadId>();
    claimants.forEach(({ email }, index) => {
      const leadId = leadIds[index] as LeadId;
      if (email !== undefined && owned.get(email) !== leadId) moves.set(email, leadId);
    });
    if (moves.size > 0) await this.identities.moveEmails(tx, moves);
    return { leadIds, standing: new Map([...standing.values()].map((lead) => [lead.leadId, lead])) };
  }
}

/** The lead under its lock: merged meanwhile → the winner; forgotten meanwhile → a new one, of whoever came first. */
function addressed(
  claimants: readonly Claimant[],
  recognised: readonly LeadId[],
  made: ReadonlySet<LeadId>,
  standing: ReadonlyMap<LeadId, LeadRow>,
): LeadId[] {
  const renewed = new Map<LeadId, LeadId>();
  return claimants.map((claimant, index) => {
    const leadId = recognised[index] as LeadId;
    if (made.has(leadId)) return leadId;
    const locked = standing.get(leadId);
    if (locked) return locked.leadId;
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
): Joined {
  const leads = new Map<LeadId, LeadRow>();
  const announcements: Announcement[] = [];
  const addressed = submissions.map((submission, index) => {
    const leadId = leadIds[index] as LeadId;
    const known = leads.get(leadId) ?? standing.get(leadId);
    const lead: LeadRow = known
      ? { ...known, ...joinFacts(known, submission.facts, submission.trust), revision: known.revision + 1 }
      : { leadId, revision: 1, facts: submission.facts, alternatives: [], story: submission.submissionId };
    leads.set(leadId, lead);
    announcements.push(received(submission, lead));
    return { submission, leadId };
  });
  const rows = [...leads.values()];
  return {
    addressed,
    newLeads: rows.filter((lead) => !standing.has(lead.leadId)),
    changedLeads: rows.filter((lead) => standing.has(lead.leadId)),
    phones: claimants.flatMap(({ phone }, index) =>
      phone === undefined ? [] : [{ phone, leadId: leadIds[index] as LeadId }],
    ),
    announcements,
  };
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

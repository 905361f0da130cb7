import type { ScoringDefinition } from '@relance/api';
import {
  CompanyEnriched,
  LeadContacted,
  LeadEngaged,
  LeadErased,
  LeadMerged,
  LeadReceived,
  LeadScored,
  LeadStageChanged,
  LeadUnmerged,
  announceNew,
} from '@relance/events';
import type { Announcement, Envelope } from '@relance/events';
import type { CompanyId, LeadId } from '@relance/lead';
import { anId, testApp } from '@relance/testing';
import type { TestApp } from '@relance/testing';
import { definitionHash } from '../src/decide/definition-hash.js';
import { ScoringModule } from '../src/scoring.module.js';
import { ScoringStarter } from '../src/scoring-starter.js';

export interface ScoringWorld extends TestApp {
  /** What scoring said of a lead, once every reader is at the end of the log. */
  scores(leadId: LeadId): Promise<Envelope<LeadScored>[]>;
  /** Puts another definition in force, as a later version. */
  putInForce(document: ScoringDefinition): Promise<void>;
}

/** Scoring alone on a database of its own, with the starter definition in force. */
export async function scoringWorld(options: Parameters<typeof testApp>[1] = {}): Promise<ScoringWorld> {
  const app = await testApp({ scoring: ScoringModule }, options);
  await app.db.transaction((tx) => app.app.get(ScoringStarter).seed(tx));
  return {
    ...app,
    scores: async (leadId) => {
      await app.settled();
      return app.said(leadId, LeadScored);
    },
    putInForce: async (document) => {
      await app.db.transaction(async (tx) => {
        await tx.execute("update scoring.definition set state = 'superseded' where state = 'in-force'");
        await tx.execute(
          `insert into scoring.definition (version, state, document, hash, in_force_since)
           select max(version) + 1, 'in-force', $1::json, $2, clock_timestamp() from scoring.definition`,
          [JSON.stringify(document), definitionHash(document)],
        );
      });
    },
  };
}

type Received = LeadReceived;

export interface Submitted {
  readonly leadId?: LeadId;
  readonly revision?: number;
  readonly person?: Received['facts']['person'];
  readonly company?: Received['facts']['company'];
  readonly asks?: boolean;
  readonly test?: boolean;
  readonly at?: Date;
}

export const fittingPerson = {
  fullName: 'Ada Lovelace',
  email: 'ada@engines.example',
  emailKind: 'work',
  jobTitle: 'Head of Sales',
  country: 'FR',
} as const;

export function received(given: Submitted = {}): Announcement & { data: LeadReceived } {
  const at = given.at ?? new Date();
  const data: LeadReceived = {
    leadId: given.leadId ?? anId(),
    submissionId: anId(),
    revision: given.revision ?? 1,
    sourceKey: 'site' as LeadReceived['sourceKey'],
    facts: {
      person: given.person ?? fittingPerson,
      company: given.company ?? { name: 'Engines', employees: 250 },
      request: { ...(given.asks === undefined ? {} : { asksForContact: given.asks }) },
      attribution: { sourceKey: 'site' as LeadReceived['sourceKey'] },
      consents: [],
      test: given.test ?? false,
      occurredAt: at.toISOString(),
      receivedAt: at.toISOString(),
    },
    asks: { asksForContact: given.asks ?? false },
    test: given.test ?? false,
  };
  return { ...announceNew(LeadReceived, { data, by: 'ingestion', at }, data.submissionId), data };
}

export function engaged(leadId: LeadId, kind: string, at = new Date()): Announcement {
  return announceNew(LeadEngaged, {
    data: { leadId, kind, at: at.toISOString(), properties: {} },
    by: 'ingestion',
    at,
  });
}

export function contacted(leadId: LeadId, outcome: string, grade: 'A' | 'B' | 'C'): Announcement {
  const at = new Date();
  return announceNew(LeadContacted, {
    data: {
      leadId,
      contactId: anId<LeadContacted['contactId']>(),
      assignmentId: anId<LeadContacted['assignmentId']>(),
      round: 1,
      assignment: 'current',
      member: 'lea' as LeadContacted['member'],
      recordedBy: 'lea',
      channel: 'call',
      outcome,
      grade,
      at: at.toISOString(),
    },
    by: 'routing',
    at,
  });
}

export function moved(leadId: LeadId, move: string, reason?: string): Announcement {
  return announceNew(LeadStageChanged, {
    data: {
      leadId,
      from: 'sal',
      to: 'won',
      move,
      ...(reason === undefined ? {} : { reason }),
      endsAssignment: true,
      by: 'lea',
    },
    by: 'routing',
    at: new Date(),
  });
}

export function enriched(
  companyId: CompanyId,
  revision: number,
  facts: CompanyEnriched['facts'],
  signal?: CompanyEnriched['signal'],
): Announcement {
  const data = { companyId, revision, facts, ...(signal ? { signal } : {}) };
  return announceNew(CompanyEnriched, { data, by: 'ingestion', at: new Date() });
}

/** Said under both keys, the winner's first. */
export function merged(winnerId: LeadId, loserId: LeadId): Announcement[] {
  return [winnerId, loserId].map((leadId) =>
    announceNew(LeadMerged, { data: { leadId, winnerId, loserId }, by: 'ingestion', at: new Date() }),
  );
}

export function unmerged(winnerId: LeadId, loserId: LeadId): Announcement[] {
  return [winnerId, loserId].map((leadId) =>
    announceNew(LeadUnmerged, { data: { leadId, winnerId, loserId }, by: 'ingestion', at: new Date() }),
  );
}

export function erased(leadId: LeadId): Announcement {
  return announceNew(LeadErased, { data: { leadId }, by: 'ingestion', at: new Date() });
}

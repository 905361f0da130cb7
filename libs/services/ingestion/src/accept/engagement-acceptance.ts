import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { InvalidInput } from '@relance/errors';
import { EventLog } from '@relance/event-log';
import { LeadEngaged, announceNew } from '@relance/events';
import type { LeadId } from '@relance/lead';
import { Db } from '@relance/postgres';
import type { Tx } from '@relance/postgres';
import { EngagementRepository } from '../store/engagement.repository.js';
import type { Engagement } from '../store/engagement.repository.js';
import { LeadRepository } from '../store/lead.repository.js';
import type { LeadRow } from '../store/lead.repository.js';
import { GroupCommit } from './group-commit.js';

const limits = { mostWaiting: 2_000, mostPerBatch: 256, mostInFlight: 1, deadlineMs: 3_000 };

/** What known people did, told by servers: stored and said once per (source, id), in groups. */
@Injectable()
export class EngagementAcceptance implements BeforeApplicationShutdown {
  private readonly group = new GroupCommit<Engagement, LeadId>((engagements) => this.commit(engagements), limits);

  constructor(
    private readonly db: Db,
    private readonly engagements: EngagementRepository,
    private readonly leads: LeadRepository,
    private readonly log: EventLog,
  ) {}

  /**
   * @returns the lead that did it; for a repeat, the one that was told the first time.
   * @throws {InvalidInput} when nobody is known by these details, and what {@link GroupCommit} throws.
   */
  accept(engagement: Engagement): Promise<LeadId> {
    return this.group.put(engagement);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.group.close();
  }

  private commit(engagements: readonly Engagement[]): Promise<(LeadId | Error)[]> {
    return this.db.transaction((tx) => this.commitIn(tx, engagements));
  }

  private async commitIn(tx: Tx, engagements: readonly Engagement[]): Promise<(LeadId | Error)[]> {
    const told = await this.engagements.leadsOf(tx, engagements);
    const firsts = new Map(
      engagements
        .filter((each) => !told.has(nameOf(each)))
        .reverse()
        .map((each) => [nameOf(each), each]),
    );
    const known = await this.engagements.recognise(tx, [...firsts.values()]);
    const standing =
      known.size > 0 ? await this.leads.lock(tx, [...new Set(known.values())].sort()) : new Map<LeadId, LeadRow>();

    const fresh: { engagement: Engagement; lead: LeadRow }[] = [];
    for (const [name, engagement] of firsts) {
      const leadId = known.get(name);
      const lead = leadId === undefined ? undefined : standing.get(leadId);
      if (lead) fresh.push({ engagement, lead });
    }
    const stored = await this.engagements.insert(
      tx,
      fresh.map(({ engagement, lead }) => ({ engagement, leadId: lead.leadId })),
    );
    await this.log.append(
      tx,
      fresh
        .filter(({ engagement }) => stored.has(nameOf(engagement)))
        .map(({ engagement, lead }) => engaged(engagement, lead)),
    );
    for (const { engagement, lead } of fresh) told.set(nameOf(engagement), lead.leadId);
    return engagements.map((engagement) => told.get(nameOf(engagement)) ?? new InvalidInput([unknownPerson]));
  }
}

const unknownPerson = { pointer: '/email', code: 'unknown-person', message: 'nobody is known by these details' };

/** Sources name their engagements: the same name is the same one. */
function nameOf({ sourceKey, externalId }: Engagement): string {
  return `${sourceKey}\n${externalId}`;
}

function engaged(engagement: Engagement, lead: LeadRow): ReturnType<typeof announceNew> {
  const { kind, at, sourceKey, properties } = engagement;
  return announceNew(
    LeadEngaged,
    { data: { leadId: lead.leadId, kind, at: at.toISOString(), sourceKey, properties }, by: 'ingestion', at },
    lead.story,
  );
}

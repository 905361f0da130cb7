import { Injectable } from '@nestjs/common';
import { LeadStageChanged } from '@relance/events';
import { nextStage } from '@relance/lead';
import type { LeadId, PoolKey } from '@relance/lead';
import { Db } from '@relance/postgres';
import type { Tx } from '@relance/postgres';
import type { OwnerDecision } from '../decide/choose-owner.js';
import { AssignmentRepository } from '../store/assignment.repository.js';
import { HoldingRepository, beforeHeld } from '../store/holding.repository.js';
import type { HeldPlace } from '../store/holding.repository.js';
import { LeadRepository } from '../store/lead.repository.js';
import type { Claim, ClaimReason } from './claims.js';
import { Settlement } from './settlement.js';
import { newStory } from './story.js';

const pageSize = 200;

/** What time and other people's changes set free. Each page is a transaction; running twice at once is harmless. */
@Injectable()
export class Releasing {
  constructor(
    private readonly db: Db,
    private readonly leads: LeadRepository,
    private readonly holdings: HoldingRepository,
    private readonly assignments: AssignmentRepository,
    private readonly settlement: Settlement,
  ) {}

  /** Offers every held lead again, hottest first, then oldest. Pools in which nobody may take anything are asked once. */
  async releaseHeld(): Promise<number> {
    if (!(await this.holdings.isAnyHeld())) return 0;
    let released = 0;
    let place: HeldPlace | null = beforeHeld;
    const exhausted = { pools: [] as PoolKey[], version: -1 };
    while (place) {
      const from: HeldPlace = place;
      const page = await this.db.transaction((tx) => this.releasePage(tx, from, exhausted));
      released += page.released;
      exhausted.version = page.version;
      exhausted.pools.push(...page.exhausted);
      place = page.last;
    }
    return released;
  }

  /** Releases the open work of people who were deactivated. @returns how many leads. */
  async vacate(): Promise<number> {
    let vacated = 0;
    for (;;) {
      const page = await this.db.transaction(async (tx) => {
        const ids = await this.assignments.ofInactive(tx, pageSize);
        return this.offer(tx, ids, 'deactivated');
      });
      vacated += page;
      if (page < pageSize) return vacated;
    }
  }

  /** Returned leads whose rest is over go back to being nurtured. */
  async endRests(): Promise<number> {
    return this.db.transaction(async (tx) => {
      const changes = this.settlement.begin();
      const rows = await tx.query<{ id: LeadId }>(
        `select id from routing.lead where stage = 'recycled' and rests_until <= $1 and merged_into is null
         order by rests_until limit $2`,
        [changes.now, pageSize],
      );
      const leads = await this.leads.lock(
        tx,
        rows.map((row) => row.id),
      );
      for (const lead of leads.values()) {
        const stage = nextStage(lead.stage, 'rested');
        if (stage === null || lead.isErased) continue;
        changes.lead(lead, { ...lead, stage, restsUntil: null });
        changes.say(
          newStory(lead.correlationId, changes.now).tell(LeadStageChanged, {
            leadId: lead.leadId,
            from: lead.stage,
            to: stage,
            move: 'rested',
            endsAssignment: false,
            by: 'routing',
          }),
        );
      }
      await this.settlement.settle(tx, [], changes);
      return rows.length;
    });
  }

  private async offer(tx: Tx, ids: readonly LeadId[], reason: ClaimReason): Promise<number> {
    const changes = this.settlement.begin();
    const claims: Claim[] = [];
    for (const lead of (await this.leads.lock(tx, ids)).values()) {
      if (!lead.assignment || !lead.facts) continue;
      const story = newStory(lead.correlationId, changes.now);
      claims.push({ reason, lead, facts: lead.facts, story, by: 'routing' });
    }
    const still = await this.stillInactive(tx, claims);
    await this.settlement.settle(tx, still, changes);
    return still.length;
  }

  /** Somebody may have given them away, or switched their owner on again, before the locks were granted. */
  private async stillInactive(tx: Tx, claims: readonly Claim[]): Promise<Claim[]> {
    const rows = await tx.query<{ key: string }>('select key from routing.member where not active');
    const inactive = new Set(rows.map((row) => row.key));
    return claims.filter(({ lead }) => lead.assignment && inactive.has(lead.assignment.member));
  }

  private async releasePage(
    tx: Tx,
    from: HeldPlace,
    exhausted: { readonly pools: readonly PoolKey[]; readonly version: number },
  ): Promise<{ released: number; version: number; exhausted: PoolKey[]; last: HeldPlace | null }> {
    const page = await this.holdings.next(tx, from, exhausted, pageSize);
    const known = await this.leads.lock(
      tx,
      page.map((held) => held.leadId),
    );
    const changes = this.settlement.begin();
    const claims: Claim[] = [];
    for (const { leadId, holdingId } of page) {
      const lead = known.get(leadId);
      if (!lead?.facts || lead.holding?.holdingId !== holdingId) continue;
      const story = newStory(lead.correlationId, changes.now);
      claims.push({ reason: 'held', lead, facts: lead.facts, story, by: 'routing' });
    }
    const decisions = await this.settlement.settle(tx, claims, changes);
    await this.refile(tx, claims, decisions);
    const last = page.length === pageSize ? (page.at(-1) ?? null) : null;
    return {
      released: decisions.filter((decision) => decision.kind === 'assigned').length,
      version: decisions[0]?.version ?? exhausted.version,
      exhausted: exhaustedBy(decisions),
      last,
    };
  }

  private async refile(tx: Tx, claims: readonly Claim[], decisions: readonly OwnerDecision[]): Promise<void> {
    await this.holdings.refile(
      tx,
      decisions.flatMap((decision, index) => {
        const holding = claims[index]?.lead.holding;
        if (decision.kind !== 'held' || !holding) return [];
        const { pool, rule, why, version } = decision;
        return [{ holdingId: holding.holdingId, pool, rule, waitsFor: why, version }];
      }),
    );
  }
}

/** Pools that refused a lead for reasons that are nobody's in particular: no other lead will do better there now. */
function exhaustedBy(decisions: readonly OwnerDecision[]): PoolKey[] {
  const pools = new Set<PoolKey>();
  for (const decision of decisions) {
    if (decision.kind !== 'held' || decision.pool === null) continue;
    const isPersonal = decision.candidates.some(
      ({ why }) => why === 'already had this lead' || why.startsWith('does not speak'),
    );
    if (!isPersonal) pools.add(decision.pool);
  }
  return [...pools];
}

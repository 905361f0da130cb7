import { Injectable } from '@nestjs/common';
import type { HoldingId, LeadId, PoolKey, RuleKey } from '@relance/lead';
import { Db } from '@relance/postgres';
import type { Tx } from '@relance/postgres';

/** Where a walk through the held leads goes on: hottest first, then oldest. */
export interface HeldPlace {
  readonly heat: number;
  readonly since: string;
  readonly holdingId: string;
}

export interface HeldLead extends HeldPlace {
  readonly leadId: LeadId;
  readonly pool: PoolKey | null;
  readonly version: number;
}

export interface HeldView {
  readonly holdingId: HoldingId;
  readonly leadId: LeadId;
  readonly pool: PoolKey | null;
  readonly rule: RuleKey | null;
  readonly waitsFor: string;
  readonly since: Date;
  readonly company: string | null;
}

const heat = `case lead.temperature when 'hot' then 0 when 'warm' then 1 when 'cold' then 2 else 3 end`;

const readHeld = `
  select holding.id as "holdingId", holding.lead_id as "leadId", holding.pool, holding.version,
         ${heat} as heat, holding.since::text as since
  from routing.holding join routing.lead on lead.id = holding.lead_id
  where holding.ended_at is null and (${heat}, holding.since, holding.id) > ($1::int, $2::timestamptz, $3::uuid)
    and not (coalesce(holding.pool, '') = any($4::text[]) and holding.version = $5)
  order by heat, holding.since, holding.id limit $6`;

/** Before every held lead. */
export const beforeHeld: HeldPlace = {
  heat: -1,
  since: '-infinity',
  holdingId: '00000000-0000-0000-0000-000000000000',
};

/** Leads that wait for somebody who may take them. */
@Injectable()
export class HoldingRepository {
  constructor(private readonly db: Db) {}

  /** Held leads after a place, without those of pools in which nobody may take anything under this version of the rules. */
  async next(
    tx: Tx,
    after: HeldPlace,
    exhausted: { readonly pools: readonly PoolKey[]; readonly version: number },
    limit: number,
  ): Promise<HeldLead[]> {
    return tx.query<HeldLead>(readHeld, [
      after.heat,
      after.since,
      after.holdingId,
      exhausted.pools,
      exhausted.version,
      limit,
    ]);
  }

  /** Notes which pool leads wait for under the rules in force. */
  async refile(
    tx: Tx,
    held: readonly {
      holdingId: HoldingId;
      pool: PoolKey | null;
      rule: RuleKey | null;
      waitsFor: string;
      version: number;
    }[],
  ): Promise<void> {
    if (held.length === 0) return;
    await tx.execute(
      `update routing.holding set pool = filed.pool, rule = filed.rule, waits_for = filed.waits_for, version = filed.version
       from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::int[]) as filed(id, pool, rule, waits_for, version)
       where holding.id = filed.id and holding.ended_at is null`,
      [
        held.map(({ holdingId }) => holdingId),
        held.map(({ pool }) => pool),
        held.map(({ rule }) => rule),
        held.map(({ waitsFor }) => waitsFor),
        held.map(({ version }) => version),
      ],
    );
  }

  async move(tx: Tx, holdingId: HoldingId, to: LeadId): Promise<void> {
    await tx.execute('update routing.holding set lead_id = $2 where id = $1', [holdingId, to]);
  }

  async isAnyHeld(): Promise<boolean> {
    const rows = await this.db.query('select 1 as held from routing.holding where ended_at is null limit 1');
    return rows.length > 0;
  }

  /** For people: oldest first. */
  async page(
    after: { since: string; holdingId: string },
    limit: number,
  ): Promise<(HeldView & { cursorSince: string })[]> {
    return this.db.query(
      `select holding.id as "holdingId", holding.lead_id as "leadId", holding.pool, holding.rule,
              holding.waits_for as "waitsFor", holding.since, holding.since::text as "cursorSince",
              lead.facts -> 'company' ->> 'name' as company
       from routing.holding join routing.lead on lead.id = holding.lead_id
       where holding.ended_at is null and (holding.since, holding.id) > ($1::timestamptz, $2::uuid)
       order by holding.since, holding.id limit $3`,
      [after.since, after.holdingId, limit],
    );
  }
}

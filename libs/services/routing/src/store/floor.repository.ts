import { Injectable } from '@nestjs/common';
import type { MemberKey, PoolKey } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import { Floor } from '../decide/floor.js';
import type { MemberLoad } from '../decide/floor.js';
import type { Member, Organisation } from '../decide/organisation.js';
import type { Pool } from '../decide/rule-book.js';
import type { Share } from '../decide/shares.js';

/** What a claim locks, and counts under its locks. */
export interface Reach {
  readonly pools: readonly Pool[];
  readonly members: readonly Member[];
}

interface ShareRow {
  pool: PoolKey;
  member: MemberKey;
  assigned: number;
  calibration: number;
  credits: number;
  last_turn: number;
  calibrated_at: Date;
  is_in_pool: boolean;
}

const longestWindowMs = 8 * 86_400_000;

/** The calendar month that a fairness ledger runs for: `2026-11`, in UTC. */
export function monthOf(now: Date): string {
  return now.toISOString().slice(0, 7);
}

/** What the locked rows said. */
export interface Locked {
  readonly openWork: ReadonlyMap<MemberKey, number>;
  readonly turns: Map<PoolKey, Map<MemberKey, number>>;
}

/** The pools' and members' rows that a batch is decided on, locked in order of their keys. */
@Injectable()
export class FloorRepository {
  /** Locks until the transaction ends. A locked row is read as it is, whatever was seen before the wait. */
  async lock(tx: Tx, reach: Reach): Promise<Locked> {
    const turns = new Map<PoolKey, Map<MemberKey, number>>();
    if (reach.pools.length > 0) {
      const rows = await tx.query<{ key: PoolKey; turns: Record<string, number> }>(
        'select key, turns from routing.pool where key = any($1::text[]) order by key for update',
        [reach.pools.map((pool) => pool.key)],
      );
      for (const row of rows) turns.set(row.key, new Map(Object.entries(row.turns)) as Map<MemberKey, number>);
    }
    return {
      openWork: await this.lockMembers(
        tx,
        reach.members.map((member) => member.key),
      ),
      turns,
    };
  }

  /** @returns the leads each has in hand. */
  async lockMembers(tx: Tx, members: readonly MemberKey[]): Promise<Map<MemberKey, number>> {
    if (members.length === 0) return new Map();
    const rows = await tx.query<{ member: MemberKey; open_work: number }>(
      'select member, open_work from routing.member_load where member = any($1::text[]) order by member for update',
      [[...members]],
    );
    return new Map(rows.map((row) => [row.member, row.open_work]));
  }

  /** The floor under locks that are held already. */
  async read(tx: Tx, reach: Reach, locked: Locked, organisation: Organisation, now: Date): Promise<Floor> {
    const loads = await this.loads(tx, reach.members, locked.openWork, now);
    return new Floor(organisation, loads, await this.ledgers(tx, reach.pools, now), locked.turns, now);
  }

  /** Writes the pools' lines and turns. What members have in hand moves with their assignments. */
  async write(tx: Tx, floor: Floor): Promise<void> {
    const changed = floor.changedShares();
    if (changed.length > 0) {
      await tx.execute(
        `insert into routing.fairness (pool, member, month, assigned, calibration, last_turn, calibrated_at, is_in_pool)
         select pool, member, $3, assigned, calibration, last_turn, calibrated_at, is_in_pool
         from unnest($1::text[], $2::text[], $4::int[], $5::float8[], $6::bigint[], $7::timestamptz[], $8::boolean[])
           as share(pool, member, assigned, calibration, last_turn, calibrated_at, is_in_pool)
         on conflict (pool, month, member) do update set assigned = excluded.assigned, calibration = excluded.calibration,
           last_turn = excluded.last_turn, calibrated_at = excluded.calibrated_at, is_in_pool = excluded.is_in_pool`,
        [
          changed.map(({ pool }) => pool),
          changed.map(({ share }) => share.member),
          monthOf(floor.now),
          changed.map(({ share }) => share.assigned),
          changed.map(({ share }) => share.calibration),
          changed.map(({ share }) => share.lastTurn),
          changed.map(({ share }) => share.calibratedAt),
          changed.map(({ share }) => share.isInPool),
        ],
      );
    }
    const turned = [...floor.turns].filter(([, turns]) => turns.size > 0);
    if (turned.length > 0) {
      await tx.execute(
        `update routing.pool set turns = turned.turns::json
         from unnest($1::text[], $2::text[]) as turned(key, turns) where pool.key = turned.key`,
        [turned.map(([pool]) => pool), turned.map(([, turns]) => JSON.stringify(Object.fromEntries(turns)))],
      );
    }
  }

  /** Gives a turn back, in the month's ledger where the member has a line. */
  async credit(tx: Tx, pool: PoolKey, member: MemberKey, now: Date): Promise<void> {
    await tx.query('select key from routing.pool where key = $1 for update', [pool]);
    await tx.execute(
      'update routing.fairness set credits = credits + 1 where pool = $1 and member = $2 and month = $3',
      [pool, member, monthOf(now)],
    );
  }

  private async loads(
    tx: Tx,
    members: readonly Member[],
    openWork: ReadonlyMap<MemberKey, number>,
    now: Date,
  ): Promise<Map<MemberKey, MemberLoad>> {
    const loads = new Map([...openWork].map(([member, open]) => [member, { openWork: open, recent: [] as Date[] }]));
    const capped = members.filter((member) => member.rateCaps.length > 0).map((member) => member.key);
    if (capped.length === 0) return loads;
    const recent = await tx.query<{ member: MemberKey; at: Date }>(
      'select member, at from routing.rate_count where member = any($1::text[]) and at > $2',
      [capped, new Date(now.getTime() - longestWindowMs)],
    );
    for (const { member, at } of recent) loads.get(member)?.recent.push(at);
    return loads;
  }

  private async ledgers(tx: Tx, pools: readonly Pool[], now: Date): Promise<Map<PoolKey, Map<MemberKey, Share>>> {
    const ledgers = new Map(pools.map((pool) => [pool.key, new Map<MemberKey, Share>()]));
    if (pools.length === 0) return ledgers;
    const rows = await tx.query<ShareRow>(
      `select pool, member, assigned, calibration, credits, last_turn, calibrated_at, is_in_pool
       from routing.fairness where pool = any($1::text[]) and month = $2`,
      [pools.map((pool) => pool.key), monthOf(now)],
    );
    for (const row of rows)
      ledgers.get(row.pool)?.set(row.member, {
        member: row.member,
        assigned: row.assigned,
        calibration: row.calibration,
        credits: row.credits,
        lastTurn: row.last_turn,
        calibratedAt: row.calibrated_at,
        isInPool: row.is_in_pool,
        isChanged: false,
      });
    return ledgers;
  }
}

import { Injectable } from '@nestjs/common';
import type { AssignmentId, MemberKey, PoolKey, RuleKey } from '@relance/lead';
import { Db } from '@relance/postgres';
import type { Candidate } from '../decide/choose-owner.js';

/** Why a lead went where it went. */
export interface DecisionView {
  readonly id: string;
  readonly at: Date;
  /** What asked for it: `asked`, `held`, `silence`, `released`, `deactivated`, `manual`; with what came of it when nobody was chosen. */
  readonly kind: string;
  readonly chosen: MemberKey | null;
  readonly assignmentId: AssignmentId | null;
  readonly rule: RuleKey | null;
  readonly pool: PoolKey | null;
  readonly strategy: string | null;
  readonly candidates: readonly Candidate[];
  readonly tieBreak: string | null;
  readonly path: readonly { readonly rule: RuleKey; readonly answer: string }[];
  readonly version: number;
  readonly why: string;
}

export interface ShareView {
  readonly member: MemberKey;
  readonly assigned: number;
  readonly calibration: number;
  readonly credits: number;
  readonly isInPool: boolean;
}

/** What routing decided, for whoever asks "why me?" and "why not me?". */
@Injectable()
export class DecisionRepository {
  constructor(private readonly db: Db) {}

  /** Oldest first. */
  async ofLeads(leadIds: readonly string[], after: string | null, limit: number): Promise<DecisionView[]> {
    return this.db.query<DecisionView>(
      `select id, at, kind, chosen, assignment_id as "assignmentId", rule, pool, strategy, candidates,
              tie_break as "tieBreak", path, version, why
       from routing.decision where lead_id = any($1::uuid[]) and id > coalesce($2::uuid, '00000000-0000-0000-0000-000000000000')
       order by id limit $3`,
      [leadIds, after, limit],
    );
  }

  /** The fairness ledger of a pool in a month. */
  async ledger(pool: string, month: string): Promise<ShareView[]> {
    return this.db.query<ShareView>(
      `select member, assigned, calibration, credits, is_in_pool as "isInPool"
       from routing.fairness where pool = $1 and month = $2 order by member`,
      [pool, month],
    );
  }
}

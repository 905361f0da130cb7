import { Injectable } from '@nestjs/common';
import type { ScoreView } from '@relance/api';
import type { LeadId, SubmissionId, Temperature, Verdict } from '@relance/lead';
import type { Db, Tx } from '@relance/postgres';
import type { ScoreDecision } from '../decide/decide-score.js';
import type { ScoreReason } from '../decide/score-reason.js';

/** What led to a score. */
export type ScoreCause = ScoreView['cause'];

/** A score as it is kept. */
export interface KeptScore {
  readonly leadId: LeadId;
  readonly revision: number;
  readonly at: Date;
  readonly cause: ScoreCause;
  readonly submissionId: SubmissionId | null;
  readonly decision: ScoreDecision;
  readonly definitionVersion: number;
  readonly factsRevision: number;
}

const insertScores = `
  insert into scoring.score
    (lead_id, revision, at, cause, submission_id, verdict, fit, engagement, grade, temperature, direct, missing,
     disqualified_for, reasons, definition_version, facts_revision)
  select lead_id, revision, at, cause, submission_id, verdict, fit, engagement, grade, temperature, direct, missing::json,
         disqualified_for, reasons::json, definition_version, facts_revision
  from unnest($1::uuid[], $2::int[], $3::timestamptz[], $4::text[], $5::uuid[], $6::text[], $7::float8[], $8::float8[],
              $9::text[], $10::text[], $11::boolean[], $12::text[], $13::text[], $14::text[], $15::int[], $16::int[])
    as given(lead_id, revision, at, cause, submission_id, verdict, fit, engagement, grade, temperature, direct, missing,
             disqualified_for, reasons, definition_version, facts_revision)`;

const readHistory = `
  select revision, at, cause, submission_id, verdict, fit, engagement, grade, temperature, direct, missing,
         disqualified_for, reasons, definition_version, facts_revision
  from scoring.score where lead_id = $1 order by revision desc limit $2`;

interface ScoreRow {
  revision: number;
  at: Date;
  cause: ScoreCause;
  submission_id: SubmissionId | null;
  verdict: Verdict;
  fit: number;
  engagement: number;
  grade: string;
  temperature: Temperature;
  direct: boolean;
  missing: string[];
  disqualified_for: string | null;
  reasons: ScoreReason[];
  definition_version: number;
  facts_revision: number;
}

/** Every score there was, with its reasons. Only ever added to, and forgotten with its lead. */
@Injectable()
export class ScoreRepository {
  async append(tx: Tx, scores: readonly KeptScore[]): Promise<void> {
    if (scores.length === 0) return;
    await tx.execute(insertScores, [
      scores.map(({ leadId }) => leadId),
      scores.map(({ revision }) => revision),
      scores.map(({ at }) => at),
      scores.map(({ cause }) => cause),
      scores.map(({ submissionId }) => submissionId),
      scores.map(({ decision }) => decision.verdict),
      scores.map(({ decision }) => decision.fit),
      scores.map(({ decision }) => decision.engagement),
      scores.map(({ decision }) => decision.grade),
      scores.map(({ decision }) => decision.temperature),
      scores.map(({ decision }) => decision.direct),
      scores.map(({ decision }) => JSON.stringify(decision.missing)),
      scores.map(({ decision }) => decision.disqualifiedFor),
      scores.map(({ decision }) => JSON.stringify(decision.reasons)),
      scores.map(({ definitionVersion }) => definitionVersion),
      scores.map(({ factsRevision }) => factsRevision),
    ]);
  }

  /** Newest first. */
  async history(db: Db, leadId: LeadId, limit: number): Promise<ScoreView[]> {
    const rows = await db.query<ScoreRow>(readHistory, [leadId, limit]);
    return rows.map((row) => ({
      revision: row.revision,
      at: row.at.toISOString(),
      cause: row.cause,
      submissionId: row.submission_id,
      verdict: row.verdict,
      fit: row.fit,
      engagement: row.engagement,
      grade: row.grade,
      temperature: row.temperature,
      direct: row.direct,
      missing: row.missing,
      disqualifiedFor: row.disqualified_for,
      reasons: row.reasons,
      definitionVersion: row.definition_version,
      factsRevision: row.facts_revision,
    }));
  }

  async forget(tx: Tx, leadIds: readonly LeadId[]): Promise<void> {
    await tx.execute('delete from scoring.score where lead_id = any($1::uuid[])', [leadIds]);
  }
}

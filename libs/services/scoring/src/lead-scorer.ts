import { Injectable } from '@nestjs/common';
import { Clock } from '@relance/clock';
import { EventLog } from '@relance/event-log';
import { LeadScored, announceDerived, announceNew } from '@relance/events';
import type { Announcement, Envelope, LeadReceived } from '@relance/events';
import type { LeadFacts, LeadId, SubmissionId } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import { decideScore } from './decide/decide-score.js';
import type { Said, ScoreDecision } from './decide/decide-score.js';
import type { Engagement } from './decide/engagement.js';
import { foldSubmission } from './decide/lead-state.js';
import type { LeadState } from './decide/lead-state.js';
import { asAsked, withCompany } from './decide/scorable-facts.js';
import { CoolingAlarms } from './jobs/cooling-alarms.js';
import { ScoringInputs } from './scoring-inputs.js';
import type { ScoringInput } from './scoring-inputs.js';
import { LeadRepository } from './store/lead.repository.js';
import type { LockedLeads } from './store/locked-leads.js';
import { ScoreRepository } from './store/score.repository.js';
import type { KeptScore, ScoreCause } from './store/score.repository.js';

/** A lead that has facts, as it is scored. */
type KnownLead = LeadState & { readonly facts: LeadFacts };

interface Scored {
  readonly lead: LeadState;
  readonly kept: KeptScore;
  readonly announcement: Announcement | null;
}

/** The event that led to a score; decay has none. */
type Parent = Pick<Envelope, 'id' | 'correlationid' | 'traceparent'> | null;

/** A submission, and the engagement that it is. */
export interface HeardSubmission {
  readonly event: Envelope<LeadReceived>;
  readonly engagement: Engagement;
}

/** A lead to score again, and why. */
export interface Rescoring {
  readonly leadId: LeadId;
  readonly parent: Parent;
}

/**
 * Scores leads whose rows the transaction holds: load, decide, keep, announce.
 *
 * A submission is always answered by a `lead.scored` that names it. What changes a score between submissions is kept
 * each time and announced when it says something new; decay only when the verdict changes.
 */
@Injectable()
export class LeadScorer {
  constructor(
    private readonly leads: LeadRepository,
    private readonly inputs: ScoringInputs,
    private readonly scores: ScoreRepository,
    private readonly log: EventLog,
    private readonly alarms: CoolingAlarms,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes in submissions and answers each. The rows of their leads are held, at most one submission for each lead that
   * is scored, and none of them erased; their engagements are kept already.
   */
  async answer(tx: Tx, submissions: readonly HeardSubmission[], held: LockedLeads): Promise<void> {
    if (submissions.length === 0) return;
    const received = submissions.map(({ event, engagement }) => {
      const { leadId } = event.data;
      const addressed = foldSubmission(held.stateOf(leadId), event.data, event.correlationid);
      return { event, engagement, addressed, lead: scoredFor(addressed, held, event.data) };
    });
    const input = await this.load(
      tx,
      received.map(({ lead }) => lead),
    );
    const now = this.clock.now();
    const answered = received.map(({ event, engagement, addressed, lead }) => {
      const engagements = lead.version === 0 ? [engagement] : input.engagementsOf(lead.leadId);
      const decision = decide(asAsked(lead.facts, event.data.asks.asksForContact), lead, engagements, input, now);
      const scored = this.scored(lead, decision, input, now, {
        cause: 'submission',
        submissionId: event.data.submissionId,
        parent: event,
        isSaid: true,
      });
      return { addressed, scored };
    });
    // A loser's submission is kept with the loser; the score, and that alone, is the winner's.
    const losers = answered.filter(({ addressed, scored }) => addressed.leadId !== scored.lead.leadId);
    const own = answered.filter(({ addressed, scored }) => addressed.leadId === scored.lead.leadId);
    await this.leads.save(tx, [...own.map(({ scored }) => scored.lead), ...losers.map(({ addressed }) => addressed)]);
    await this.leads.saveScores(
      tx,
      losers.map(({ scored }) => scored.lead),
    );
    await this.tell(
      tx,
      answered.map(({ scored }) => scored),
    );
  }

  /** Scores leads again where something other than a submission changed. Rows are held; who has no facts yet waits. */
  async rescore(tx: Tx, rescorings: readonly Rescoring[], held: LockedLeads, cause: ScoreCause): Promise<void> {
    const known = rescorings.flatMap(({ leadId, parent }) => {
      const lead = held.stateOf(leadId);
      return isKnown(lead) && !lead.isErased && lead.mergedInto === null ? [{ lead, parent }] : [];
    });
    if (known.length === 0) return;
    const input = await this.load(
      tx,
      known.map(({ lead }) => lead),
    );
    const now = this.clock.now();
    const scored = known.map(({ lead, parent }) => {
      const engagements = input.engagementsOf(lead.leadId);
      const decision = decide(asAsked(lead.facts, lead.asksForContact), lead, engagements, input, now);
      const isSaid = cause === 'decay' ? decision.news === 'verdict' : decision.news !== 'nothing';
      return this.scored(lead, decision, input, now, { cause, submissionId: null, parent, isSaid });
    });
    await this.leads.saveScores(
      tx,
      scored.map(({ lead }) => lead),
    );
    await this.tell(tx, scored);
  }

  /** A lead without a row has done nothing that was heard: whoever tells of an engagement makes the row. */
  private async load(tx: Tx, leads: readonly KnownLead[]): Promise<ScoringInput> {
    return this.inputs.load(
      tx,
      leads.filter(({ version }) => version > 0).map(({ leadId }) => leadId),
      leads.flatMap(({ facts }) => facts.company.companyId ?? []),
    );
  }

  private scored(
    lead: KnownLead,
    decision: ScoreDecision,
    input: ScoringInput,
    now: Date,
    why: { cause: ScoreCause; submissionId: SubmissionId | null; parent: Parent; isSaid: boolean },
  ): Scored {
    const kept: KeptScore = {
      leadId: lead.leadId,
      revision: lead.scoreRevision + 1,
      at: now,
      cause: why.cause,
      submissionId: why.submissionId,
      decision,
      definitionVersion: input.definition.version,
      factsRevision: lead.factsRevision,
    };
    return {
      kept,
      lead: {
        ...lead,
        scoreRevision: kept.revision,
        changesAt: decision.changesAt,
        said: why.isSaid ? saidOf(decision) : lead.said,
      },
      announcement: why.isSaid ? announcementOf(kept, lead, input, why.parent) : null,
    };
  }

  private async tell(tx: Tx, scored: readonly Scored[]): Promise<void> {
    await this.scores.append(
      tx,
      scored.map(({ kept }) => kept),
    );
    await this.log.append(
      tx,
      scored.flatMap(({ announcement }) => announcement ?? []),
    );
    this.alarms.armAfterCommit(
      tx,
      scored.map(({ lead }) => lead),
    );
  }
}

function isKnown(lead: LeadState): lead is KnownLead {
  return lead.facts !== null;
}

/** The lead a submission is scored for: its own, or the winner of the merge, by the winner's facts where there are any. */
function scoredFor(addressed: LeadState, held: LockedLeads, received: LeadReceived): KnownLead {
  const rootId = held.rootOf(addressed.leadId);
  const own: KnownLead = {
    ...addressed,
    facts: addressed.facts ?? received.facts,
    factsRevision: addressed.factsRevision,
  };
  if (rootId === addressed.leadId) return own;
  const winner = { ...held.stateOf(rootId), asksForContact: received.asks.asksForContact };
  return isKnown(winner) ? winner : { ...winner, facts: own.facts, factsRevision: own.factsRevision };
}

function decide(
  facts: LeadFacts,
  lead: KnownLead,
  engagements: readonly Engagement[],
  input: ScoringInput,
  now: Date,
): ScoreDecision {
  const news = input.newsOf(lead.facts.company.companyId);
  return decideScore(facts, engagements, news, lead.said, input.definition, now);
}

function saidOf({ verdict, grade, temperature, direct, missing, disqualifiedFor }: ScoreDecision): Said {
  return { verdict, grade, temperature, direct, missing, disqualifiedFor };
}

function announcementOf(kept: KeptScore, lead: KnownLead, input: ScoringInput, parent: Parent): Announcement {
  const { decision } = kept;
  const saying = {
    by: 'scoring',
    at: kept.at,
    data: {
      leadId: kept.leadId,
      revision: kept.revision,
      ...(kept.submissionId === null ? {} : { submissionId: kept.submissionId }),
      verdict: decision.verdict,
      fit: decision.fit,
      engagement: decision.engagement,
      grade: decision.grade,
      temperature: decision.temperature,
      direct: decision.direct,
      reasons: decision.reasons.map((reason) => ({ ...reason })),
      missing: [...decision.missing],
      ...(decision.disqualifiedFor === null ? {} : { disqualifiedFor: decision.disqualifiedFor }),
      definitionVersion: kept.definitionVersion,
      factsRevision: kept.factsRevision,
      facts: withCompany(lead.facts, input.newsOf(lead.facts.company.companyId)?.facts ?? null),
      test: lead.facts.test,
    },
  };
  return parent === null
    ? announceNew(LeadScored, saying, lead.correlationId ?? undefined)
    : announceDerived(LeadScored, saying, parent, 'score');
}

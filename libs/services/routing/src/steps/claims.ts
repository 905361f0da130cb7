import { Injectable } from '@nestjs/common';
import { LeadAssigned, LeadHeld, LeadNurtured, LeadStageChanged, newId } from '@relance/events';
import { nextStage, traitsOf } from '@relance/lead';
import type { AssignmentId, HoldingId, LeadFacts, MemberKey, Stage, SubmissionId, TeamKey } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import { chooseOwner } from '../decide/choose-owner.js';
import type { OwnerDecision, Reasoning, Routed } from '../decide/choose-owner.js';
import type { Floor } from '../decide/floor.js';
import type { LeadState } from '../decide/lead-state.js';
import type { Member, Organisation } from '../decide/organisation.js';
import { reachOfLeads } from '../decide/reach-of-leads.js';
import { FloorRepository } from '../store/floor.repository.js';
import { LeadRepository } from '../store/lead.repository.js';
import type { Losses } from '../store/lead.repository.js';
import { OrganisationRepository } from '../store/organisation.repository.js';
import type { Changes, EndedFor } from './changes.js';
import type { Story } from './story.js';

/**
 * Why a lead needs an owner. `asked`: sales-ready, and nobody has it. `held`: it waited. `silence`: its owner did not
 * follow up. `released`: its owner gave it back. `deactivated`: its owner is gone.
 */
export type ClaimReason = 'asked' | 'held' | 'silence' | 'released' | 'deactivated';

export interface Claim {
  readonly reason: ClaimReason;
  /** The lead under its lock, as it stands now; its facts are known. */
  readonly lead: LeadState;
  readonly facts: LeadFacts;
  readonly story: Story;
  readonly submissionId?: SubmissionId | undefined;
  /** Enough people had it in this round: a manager takes it. */
  readonly onlyManager?: boolean;
  /** Who asked for it: a member, `administrator`, or `routing` itself. */
  readonly by: string;
}

const endings: Readonly<Record<ClaimReason, EndedFor | null>> = {
  asked: null,
  held: null,
  silence: 'silence',
  released: 'released',
  deactivated: 'deactivated',
};

/** Gives leads to people: locks what is counted, decides the batch in order, and collects what follows. */
@Injectable()
export class Claims {
  constructor(
    private readonly leads: LeadRepository,
    private readonly organisations: OrganisationRepository,
    private readonly floors: FloorRepository,
  ) {}

  /** Decides each claim after the one before it. The decisions are in the order of the claims. */
  async settle(tx: Tx, claims: readonly Claim[], changes: Changes): Promise<OwnerDecision[]> {
    if (claims.length === 0) return [];
    const inRound = claims.filter(({ lead, reason }) => reason !== 'asked' && lead.round > 0);
    const losses = await this.leads.losses(
      tx,
      inRound.map(({ lead }) => lead.leadId),
    );
    const routed = claims.map((claim) => routedOf(claim, losses.get(claim.lead.leadId)));
    const { decisions, floor } = await this.decide(tx, routed, changes.now);
    await this.floors.write(tx, floor);
    for (const [index, claim] of claims.entries()) {
      const decision = decisions[index];
      if (decision) apply(claim, decision, floor.organisation, changes);
    }
    return decisions;
  }

  /**
   * Locks pools and members, and decides. What the organisation is, is asked again under the locks: whoever changes a
   * member takes that member's lock first. When managers turn out to be needed they are locked too, and all is decided
   * anew.
   */
  private async decide(
    tx: Tx,
    leads: readonly Routed[],
    now: Date,
  ): Promise<{ decisions: OwnerDecision[]; floor: Floor }> {
    let organisation = await this.organisations.current(tx);
    for (let withManagers = false; ;) {
      const reach = reachOfLeads(leads, organisation, withManagers);
      const locked = await this.floors.lock(tx, reach);
      const latest = await this.organisations.current(tx);
      if (latest !== organisation) {
        organisation = latest;
        continue;
      }
      const floor = await this.floors.read(tx, reach, locked, organisation, now);
      const decisions = leads.map((lead) => chooseOwner(lead, floor));
      const isLocked = decisions.every(
        (decision) => decision.kind !== 'assigned' || locked.openWork.has(decision.member.key),
      );
      if (isLocked) return { decisions, floor };
      withManagers = true;
    }
  }
}

function routedOf({ lead, facts, reason, onlyManager }: Claim, losses: Losses | undefined): Routed {
  const { assignment } = lead;
  const lost = new Set(losses?.lost);
  if (assignment) lost.add(assignment.member);
  return {
    leadId: lead.leadId,
    facts,
    score: lead.score,
    lastOwner: lead.lastOwner,
    lost,
    from: assignment?.pool ? { pool: assignment.pool, rule: assignment.rule } : null,
    staysWith: reason === 'silence' || reason === 'released' ? (assignment?.member ?? null) : null,
    team: assignment?.team ?? null,
    onlyManager: onlyManager ?? false,
    neverHold: reason === 'silence',
    mayLeaveSales: reason === 'asked',
  };
}

function apply(claim: Claim, decision: OwnerDecision, organisation: Organisation, changes: Changes): void {
  switch (decision.kind) {
    case 'assigned':
      return assign(claim, decision, decision, organisation, changes);
    case 'held':
      return hold(claim, decision, decision.teams, organisation, changes);
    case 'stays':
      return note(claim, decision, null, null, changes);
    case 'nurtured':
      return leaveSales(claim, decision, 'nurture', changes);
    case 'rejected':
      return leaveSales(claim, decision, 'disqualified', changes);
  }
}

function assign(
  claim: Claim,
  reasoning: Reasoning,
  { member, isManager }: { readonly member: Member; readonly isManager: boolean },
  organisation: Organisation,
  changes: Changes,
): void {
  const { lead, story } = claim;
  const assignmentId = newId() as AssignmentId;
  const kind = kindOf(claim.reason, isManager);
  const previous = lead.assignment;
  endPresent(claim, changes, false);
  if (lead.holding) changes.released.push({ holdingId: lead.holding.holdingId, endedFor: 'assigned' });
  const round = claim.reason === 'asked' ? lead.round + 1 : lead.round;
  changes.lead(lead, {
    ...changes.latest(lead),
    stage: 'mql',
    round,
    ...(claim.reason === 'asked' ? { roundStartedAt: changes.now, contacted: null } : {}),
    restsUntil: null,
    assignment: {
      assignmentId,
      member: member.key,
      team: member.team,
      kind,
      pool: reasoning.pool,
      rule: reasoning.rule,
    },
    holding: null,
  });
  changes.assigned.push({
    assignmentId,
    leadId: lead.leadId,
    member: member.key,
    team: member.team,
    kind,
    round,
    pool: reasoning.pool,
    rule: reasoning.rule,
    why: reasoning.why,
    isCounted: member.rateCaps.length > 0,
  });
  note(claim, reasoning, assignmentId, member.key, changes);
  changes.say(
    story.tell(LeadAssigned, {
      leadId: lead.leadId,
      assignmentId,
      round,
      kind,
      member: member.key,
      team: member.team,
      managers: managersOf(organisation, member.team),
      ...(previous ? { previous: { assignmentId: previous.assignmentId, member: previous.member } } : {}),
      ...(claim.submissionId === undefined ? {} : { submissionId: claim.submissionId }),
      ...(reasoning.pool === null ? {} : { pool: reasoning.pool }),
      ...(reasoning.rule === null ? {} : { rule: reasoning.rule }),
      why: reasoning.why,
      calendar: member.calendar,
      traits: traitsOf(claim.facts),
    }),
  );
}

function hold(
  claim: Claim,
  reasoning: Reasoning,
  teams: readonly TeamKey[],
  organisation: Organisation,
  changes: Changes,
): void {
  const { lead, story } = claim;
  if (lead.holding) return;
  endPresent(claim, changes, true);
  const holdingId = newId() as HoldingId;
  const { pool, rule, why, version } = reasoning;
  changes.lead(lead, {
    ...changes.latest(lead),
    stage: 'mql',
    ...(claim.reason === 'asked' ? { round: lead.round + 1, roundStartedAt: changes.now, contacted: null } : {}),
    restsUntil: null,
    assignment: null,
    holding: { holdingId, pool, rule },
  });
  changes.held.push({ holdingId, leadId: lead.leadId, pool, rule, waitsFor: why, version });
  note(claim, reasoning, null, null, changes);
  const [team] = teams;
  changes.say(
    story.tell(LeadHeld, {
      leadId: lead.leadId,
      holdingId,
      ...(pool === null ? {} : { pool }),
      ...(rule === null ? {} : { rule }),
      waitsFor: why,
      ...(team !== undefined && teams.length === 1 ? { team } : {}),
      managers: organisation.managersOf(teams).map((manager) => manager.key),
      traits: traitsOf(claim.facts),
    }),
  );
}

/** A rule sent a sales-ready lead to marketing, or refused it. */
function leaveSales(claim: Claim, decision: OwnerDecision, move: 'nurture' | 'disqualified', changes: Changes): void {
  const { lead, story } = claim;
  const stage: Stage = nextStage(lead.stage, move) ?? lead.stage;
  changes.lead(lead, { ...changes.latest(lead), stage });
  note(claim, decision, null, null, changes);
  if (decision.kind === 'nurtured')
    changes.say(
      story.tell(LeadNurtured, { leadId: lead.leadId, track: decision.track, reason: 'rule', facts: claim.facts }),
    );
  if (decision.kind === 'rejected' && stage !== lead.stage)
    changes.say(
      story.tell(LeadStageChanged, {
        leadId: lead.leadId,
        from: lead.stage,
        to: stage,
        move,
        reason: decision.reason,
        endsAssignment: false,
        by: claim.by,
      }),
    );
}

/** @param isAlone nobody takes over, so that the end itself has to be told. */
function endPresent({ lead, reason, story, by }: Claim, changes: Changes, isAlone: boolean): void {
  const endedFor = endings[reason];
  if (!lead.assignment || endedFor === null) return;
  changes.end(lead, endedFor);
  changes.lead(lead, { ...changes.latest(lead), lastOwner: lead.assignment.member });
  if (lead.stage === 'mql' && !isAlone) return;
  changes.say(
    story.tell(LeadStageChanged, {
      leadId: lead.leadId,
      from: lead.stage,
      to: 'mql',
      move: 'silence',
      reason: endedFor,
      assignmentId: lead.assignment.assignmentId,
      round: lead.round,
      member: lead.assignment.member,
      endsAssignment: true,
      by,
    }),
  );
}

function note(
  { lead, reason }: Claim,
  reasoning: Reasoning & { readonly kind?: string },
  assignmentId: AssignmentId | null,
  chosen: MemberKey | null,
  changes: Changes,
): void {
  const kind = chosen === null ? `${reason}: ${reasoning.kind ?? 'held'}` : reason;
  changes.decisions.push({ leadId: lead.leadId, assignmentId, kind, chosen, reasoning });
}

function kindOf(
  reason: ClaimReason,
  isManager: boolean,
): LeadAssigned['kind'] & ('first' | 'released-hold' | 'reassigned' | 'returned-to-manager') {
  if (reason === 'asked') return 'first';
  if (reason === 'held') return 'released-hold';
  return isManager ? 'returned-to-manager' : 'reassigned';
}

/** Keys of those who hear of a team's trouble. */
export function managersOf(organisation: Organisation, team: TeamKey): MemberKey[] {
  return organisation.managersOf([team]).map((manager) => manager.key);
}

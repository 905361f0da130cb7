import type { LeadAssigned, LeadStageChanged } from '@relance/events';
import { isWorked, nextStage } from '@relance/lead';
import type { Stage } from '@relance/lead';

/** What the desk shows of who has a lead and how far it has come. */
export interface Standing {
  readonly stage: Stage;
  readonly owner: string | null;
  readonly assignmentId: string | null;
}

/** Somebody owns it: sales-ready at least; after silence it starts over. */
export function foldAssigned(standing: Standing, assigned: LeadAssigned): Standing {
  const move = assigned.kind === 'reassigned' && isWorked(standing.stage) ? 'silence' : 'qualified';
  return {
    stage: nextStage(standing.stage, move) ?? standing.stage,
    owner: assigned.member,
    assignmentId: assigned.assignmentId,
  };
}

/** Sales-ready, and nobody may take it now. */
export function foldHeld(standing: Standing): Standing {
  return { stage: nextStage(standing.stage, 'qualified') ?? standing.stage, owner: null, assignmentId: null };
}

/** Marketing has it; a lead that rests until its date goes on resting. */
export function foldNurtured(standing: Standing): Standing {
  return { ...standing, stage: nextStage(standing.stage, 'nurture') ?? standing.stage };
}

/** Routing decides stages; what it says is what stands. */
export function foldStageChanged(standing: Standing, changed: LeadStageChanged): Standing {
  return changed.endsAssignment
    ? { stage: changed.to, owner: null, assignmentId: null }
    : { ...standing, stage: changed.to };
}

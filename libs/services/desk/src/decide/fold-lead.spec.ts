import { expect, it } from '@jest/globals';
import type { LeadAssigned, LeadStageChanged } from '@relance/events';
import { foldAssigned, foldHeld, foldNurtured, foldStageChanged } from './fold-lead.js';
import type { Standing } from './fold-lead.js';

const standing = (stage: Standing['stage'], owner: string | null = null): Standing => ({
  stage,
  owner,
  assignmentId: owner && 'a1',
});
const assigned = (kind: LeadAssigned['kind']): LeadAssigned =>
  ({ kind, member: 'marc', assignmentId: 'a2' }) as unknown as LeadAssigned;
const changed = (to: string, endsAssignment: boolean): LeadStageChanged =>
  ({ to, endsAssignment }) as unknown as LeadStageChanged;

it.each([
  { what: 'a first owner', folded: foldAssigned(standing('received'), assigned('first')), stage: 'mql', owner: 'marc' },
  {
    what: 'asking again while accepted',
    folded: foldAssigned(standing('sal', 'lea'), assigned('asked-again')),
    stage: 'sal',
    owner: 'marc',
  },
  {
    what: 'silence after acceptance',
    folded: foldAssigned(standing('sal', 'lea'), assigned('reassigned')),
    stage: 'mql',
    owner: 'marc',
  },
  {
    what: 'a customer who asks again',
    folded: foldAssigned(standing('won', 'lea'), assigned('asked-again')),
    stage: 'won',
    owner: 'marc',
  },
  { what: 'nobody to take it', folded: foldHeld(standing('received')), stage: 'mql', owner: null },
  { what: 'not ready', folded: foldNurtured(standing('received')), stage: 'nurturing', owner: null },
  { what: 'a returned lead that rests', folded: foldNurtured(standing('recycled')), stage: 'recycled', owner: null },
  { what: 'a weaker verdict while owned', folded: foldNurtured(standing('sal', 'lea')), stage: 'sal', owner: 'lea' },
  {
    what: 'acceptance',
    folded: foldStageChanged(standing('mql', 'lea'), changed('sal', false)),
    stage: 'sal',
    owner: 'lea',
  },
  {
    what: 'a rejection',
    folded: foldStageChanged(standing('sal', 'lea'), changed('disqualified', true)),
    stage: 'disqualified',
    owner: null,
  },
])('$what: $stage, owned by $owner', ({ folded, stage, owner }) => {
  expect(folded).toMatchObject({ stage, owner });
});

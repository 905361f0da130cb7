import { describe, expect, it } from '@jest/globals';
import { aClock, at, minutes } from '../../test/a-clock.js';
import { decideEnd, decideStop } from './decide-end.js';
import type { StageMoved } from './decide-end.js';
import type { ClockState, SlaClock } from './sla-clock.js';

const ours = aClock().assignmentId;
const another = '00000000-0000-4000-8000-00000000000f' as never;
const outcome = aClock({ milestone: 'outcome-recorded' as never, startsOn: 'accepted', metBy: { stageChange: true } });
const ofLead = aClock({ startsOn: 'qualified', assignmentId: null, round: null });
const moved = (move: string, to: string, over: Partial<StageMoved> = {}): StageMoved =>
  ({ move, to, assignmentId: ours, endsAssignment: false, ...over }) as StageMoved;

describe('a move of the lead', () => {
  it.each<{ says: string; clock: SlaClock; move: StageMoved; state: ClockState | null; line?: string }>([
    { says: 'acceptance ends nothing', clock: aClock(), move: moved('accept', 'sal'), state: null },
    { says: 'an outcome keeps its promise', clock: outcome, move: moved('qualify', 'sql'), state: 'met', line: 'met' },
    {
      says: 'an outcome that also ends the work keeps its promise first',
      clock: outcome,
      move: moved('lost', 'lost', { endsAssignment: true }),
      state: 'met',
      line: 'met',
    },
    { says: 'a verdict is no outcome', clock: outcome, move: moved('qualified', 'mql'), state: null },
    {
      says: 'the outcome of another assignment is not ours',
      clock: outcome,
      move: moved('qualify', 'sql', { assignmentId: another }),
      state: null,
    },
    {
      says: 'a returned lead is owed nothing',
      clock: aClock(),
      move: moved('return', 'recycled', { endsAssignment: true }),
      state: 'stopped',
      line: 'stopped',
    },
    {
      says: 'nor as a lead',
      clock: ofLead,
      move: moved('reject', 'disqualified', { endsAssignment: true }),
      state: 'stopped',
      line: 'stopped',
    },
    {
      says: 'a lead that changes hands keeps what it was promised as a lead',
      clock: ofLead,
      move: moved('silence', 'mql', { endsAssignment: true }),
      state: null,
    },
    {
      says: 'its owner before promises nothing more',
      clock: aClock(),
      move: moved('silence', 'mql', { endsAssignment: true }),
      state: 'stopped',
      line: 'stopped',
    },
    {
      says: 'the breach of its owner before goes on escalating',
      clock: aClock({ state: 'breached', breachedAt: at(minutes(30)) }),
      move: moved('silence', 'mql', { endsAssignment: true }),
      state: null,
    },
    {
      says: 'a breach stays one when nothing is owed any more',
      clock: aClock({ state: 'breached', breachedAt: at(minutes(30)) }),
      move: moved('stop', 'stopped', { endsAssignment: true }),
      state: 'breached',
      line: 'stopped',
    },
    {
      says: 'what is over stays as it ended',
      clock: aClock({ state: 'met' }),
      move: moved('won', 'won', { endsAssignment: true }),
      state: null,
    },
  ])('$says', ({ clock, move, state, line }) => {
    const change = decideEnd(clock, move, at(minutes(10)));
    expect(change?.state ?? null).toBe(state);
    expect(change?.line.kind).toBe(line);
  });

  it('calls off what waits on a clock that it ends', () => {
    expect(decideStop(aClock(), 'return', at(minutes(10)))?.settledAt).toEqual(at(minutes(10)));
  });
});

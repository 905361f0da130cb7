import { expect, it } from '@jest/globals';
import type { TrackStep } from '@relance/api';
import { decideStep } from './decide-step.js';

const from = new Date('2026-11-25T10:00:00Z');
const letter = (template: string): TrackStep => ({ email: { template } });

it.each<{ what: string; steps: TrackStep[]; index?: number; zone?: string; next: string }>([
  { what: 'a letter at once', steps: [letter('a')], next: 'a 0 2026-11-25T10:00:00.000Z' },
  { what: 'a wait', steps: [{ wait: 'P1D' }, letter('a')], next: 'a 1 2026-11-26T10:00:00.000Z' },
  {
    what: 'waits that add up',
    steps: [{ wait: 'P1D' }, { wait: 'PT2H' }, letter('a')],
    next: 'a 2 2026-11-26T12:00:00.000Z',
  },
  {
    what: "a date, which begins in the lead's zone",
    steps: [{ waitUntil: '2026-12-01' }, letter('a')],
    zone: 'Pacific/Guam',
    next: 'a 1 2026-11-30T14:00:00.000Z',
  },
  {
    what: 'a wait after a date',
    steps: [{ waitUntil: '2026-12-01' }, { wait: 'PT9H' }, letter('a')],
    zone: 'America/Lima',
    next: 'a 2 2026-12-01T14:00:00.000Z',
  },
  {
    what: 'a date that is past',
    steps: [{ waitUntil: '2026-01-01' }, letter('a')],
    next: 'a 1 2026-11-25T10:00:00.000Z',
  },
  {
    what: 'from the second letter on',
    steps: [letter('a'), letter('b')],
    index: 1,
    next: 'b 1 2026-11-25T10:00:00.000Z',
  },
  { what: 'an exit', steps: [{ wait: 'P1D' }, { exit: true }, letter('a')], next: 'end' },
  { what: 'nothing left', steps: [letter('a')], index: 1, next: 'end' },
])('$what: $next', ({ steps, index, zone, next }) => {
  const decision = decideStep(steps, index ?? 0, from, zone ?? 'UTC');
  const said =
    decision.kind === 'end' ? 'end' : `${decision.template} ${decision.stepIndex} ${decision.dueAt.toISOString()}`;
  expect(said).toBe(next);
});

import { expect, it } from '@jest/globals';
import { findRecipients } from './find-recipients.js';
import type { Colleague } from './find-recipients.js';
import type { Audience } from './policy.js';

const colleague = (member: string, role: string, team: string): Colleague => ({ member, role, team }) as Colleague;
const lea = colleague('lea', 'rep', 'north');
const sofia = colleague('sofia', 'manager', 'north');
const ugo = colleague('ugo', 'manager', 'south');
const ops = colleague('ops', 'operator', 'north');

it.each<{ says: string; managers: string[]; to: Audience[]; among: Colleague[]; told: string[] }>([
  {
    says: 'each once',
    managers: ['sofia'],
    to: ['owner', 'manager'],
    among: [lea, sofia, ops],
    told: ['lea', 'sofia'],
  },
  { says: 'operators', managers: ['sofia'], to: ['operators'], among: [lea, sofia, ops], told: ['ops'] },
  {
    says: "the team's manager where none is named",
    managers: [],
    to: ['manager'],
    among: [sofia, ugo],
    told: ['sofia'],
  },
  { says: 'operators where there is no manager', managers: [], to: ['manager'], among: [lea, ops], told: ['ops'] },
  {
    says: 'managers where there is no operator',
    managers: [],
    to: ['operators'],
    among: [lea, sofia, ugo],
    told: ['sofia', 'ugo'],
  },
  { says: 'not a manager who left', managers: ['gone'], to: ['manager'], among: [sofia], told: ['sofia'] },
  { says: 'nobody where there is nobody', managers: [], to: ['manager', 'operators'], among: [], told: [] },
])('tells $says', ({ managers, to, among, told }) => {
  const concerned = { member: 'lea', team: 'north', managers } as never;
  expect(findRecipients(concerned, to, among)).toEqual(told);
});

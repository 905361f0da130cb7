import { describe, expect, it } from '@jest/globals';
import { bookProblems, bookWarnings, ruleBookSchema } from './rule-book.js';

const known = { members: new Set(['ana', 'bob']), teams: new Set(['north']) };
const pool = (over: object) => ({ key: 'all', members: ['ana'], ...over });
const rule = (over: object) => ({ key: 'everyone', when: null, then: { pool: 'all' }, ...over });

function problems(rules: object[], pools: object[]): string[] {
  return bookProblems(ruleBookSchema.parse({ rules, pools }), known).map(({ pointer, code }) => `${pointer} ${code}`);
}

describe('a draft of the rules', () => {
  it.each([
    [[rule({})], [pool({})], []],
    [[rule({ then: { pool: 'nope' } })], [pool({})], ['/rules/0/then/pool unknown-pool']],
    [[rule({ then: { member: 'nope' } })], [pool({})], ['/rules/0/then/member unknown-member']],
    [[rule({}), rule({})], [pool({})], ['/rules/1/key repeated-key']],
    [[rule({})], [pool({ members: ['ana', 'nope'] })], ['/pools/0/members/1 unknown-member']],
    [[rule({})], [pool({ members: { team: 'nope' } })], ['/pools/0/members/team unknown-team']],
    [[rule({})], [pool({ whenNobody: { fallback: 'nope' } })], ['/pools/0/whenNobody/fallback unknown-pool']],
    [
      [rule({})],
      [pool({ whenNobody: { fallback: 'b' } }), pool({ key: 'b', whenNobody: { fallback: 'all' } })],
      ['/pools/0/whenNobody/fallback fallback-cycle', '/pools/1/whenNobody/fallback fallback-cycle'],
    ],
    [
      [rule({ when: { combinator: 'and', rules: [{ field: 'person.shoe', operator: '=', value: '42' }] } })],
      [pool({})],
      ['/rules/0/when/rules/0/field unknown-field'],
    ],
  ])('%j with %j has %j', (rules, pools, expected) => {
    expect(problems(rules, pools)).toEqual(expected);
  });

  it.each([{}, { pool: 'all', member: 'ana' }, { reject: '' }, { accountOwner: false }])(
    'refuses the action %j',
    (then) => {
      expect(ruleBookSchema.safeParse({ rules: [rule({ then })], pools: [pool({})] }).success).toBe(false);
    },
  );

  it('warns of what is probably not meant', () => {
    const french = { field: 'person.country', operator: '=', value: 'FR' };
    const parsed = ruleBookSchema.parse({
      rules: [rule({}), rule({ key: 'late', when: french })],
      pools: [pool({}), pool({ key: 'spare' })],
    });
    expect(bookWarnings(parsed).map(({ code }) => code)).toEqual(['unreachable-rule', 'unused-pool']);
  });
});

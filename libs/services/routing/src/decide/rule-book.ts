import { z } from 'zod';
import { poolKeySchema, ruleKeySchema, memberKeySchema, teamKeySchema, trackKeySchema } from '@relance/lead';
import type { MemberKey, PoolKey, RuleKey } from '@relance/lead';
import { compile, conditionSchema, validateCondition } from '@relance/rules';
import type { CompiledCondition } from '@relance/rules';
import { routingFields } from './routing-fields.js';

const thenSchema = z
  .strictObject({
    pool: poolKeySchema.optional(),
    member: memberKeySchema.optional(),
    /** Whoever has the lead's company among their named accounts; the rule does not match when nobody has. */
    accountOwner: z.literal(true).optional(),
    track: trackKeySchema.optional(),
    reject: z.string().trim().min(1).max(200).optional(),
  })
  .refine((then) => Object.values(then).filter((value) => value !== undefined).length === 1, {
    message: 'must say exactly one of pool, member, accountOwner, track, reject',
  });
export type Then = z.infer<typeof thenSchema>;

const ruleSchema = z.object({ key: ruleKeySchema, when: conditionSchema.nullable(), then: thenSchema });
export type Rule = z.infer<typeof ruleSchema>;

export const strategySchema = z.enum(['fair-share', 'round-robin', 'least-loaded', 'sticky']);
export type Strategy = z.infer<typeof strategySchema>;

const poolSchema = z.object({
  key: poolKeySchema,
  strategy: strategySchema.default('fair-share'),
  members: z.union([z.array(memberKeySchema).min(1).max(1_000), z.strictObject({ team: teamKeySchema })], {
    error: 'must be a list of member keys, or {"team": key}',
  }),
  whenNobody: z
    .union([z.enum(['hold', 'route-anyway', 'manager']), z.strictObject({ fallback: poolKeySchema })], {
      error: 'must be hold, route-anyway, manager or {"fallback": pool}',
    })
    .default('hold'),
  /** Only members who speak the lead's language; a lead whose language is not known may go to anyone. */
  matchLanguage: z.boolean().default(false),
});
export type Pool = z.infer<typeof poolSchema>;

/** What a draft holds: rules, of which the first match wins, and the pools they name. */
export const ruleBookSchema = z.object({
  rules: z.array(ruleSchema).max(500),
  pools: z.array(poolSchema).max(500),
});
export type RuleBook = z.infer<typeof ruleBookSchema>;

export interface CompiledRule {
  readonly key: RuleKey;
  readonly matches: CompiledCondition;
  readonly then: Then;
}

/** The rules in force, ready to be asked. Version 0 is an installation that never published any. */
export interface PublishedBook {
  readonly version: number;
  readonly rules: readonly CompiledRule[];
  readonly pools: ReadonlyMap<PoolKey, Pool>;
}

export function compileBook(version: number, book: RuleBook): PublishedBook {
  return {
    version,
    rules: book.rules.map(({ key, when, then }) => ({ key, matches: compile(when, routingFields), then })),
    pools: new Map(book.pools.map((pool) => [pool.key, pool])),
  };
}

export interface BookProblem {
  /** RFC 6901, from the draft's root. */
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
}

export interface Known {
  readonly members: ReadonlySet<string>;
  readonly teams: ReadonlySet<string>;
}

/** Finds everything that would leave a lead without an answer: names nobody has, conditions on nothing, pools that pass on in a circle. */
export function bookProblems(book: RuleBook, known: Known): BookProblem[] {
  const pools = new Set<string>(book.pools.map((pool) => pool.key));
  return [
    ...repeated(
      book.rules.map((rule) => rule.key),
      '/rules',
    ),
    ...repeated(
      book.pools.map((pool) => pool.key),
      '/pools',
    ),
    ...book.rules.flatMap((rule, index) => ruleProblems(rule, `/rules/${index}`, pools, known)),
    ...book.pools.flatMap((pool, index) => poolProblems(pool, `/pools/${index}`, book, known)),
  ];
}

function repeated(keys: readonly string[], pointer: string): BookProblem[] {
  return keys.flatMap((key, index) =>
    keys.indexOf(key) === index
      ? []
      : [{ pointer: `${pointer}/${index}/key`, code: 'repeated-key', message: `${key} is used twice` }],
  );
}

function ruleProblems(rule: Rule, pointer: string, pools: ReadonlySet<string>, known: Known): BookProblem[] {
  const conditions =
    rule.when === null
      ? []
      : validateCondition(rule.when, routingFields).map((problem) => ({
          ...problem,
          pointer: `${pointer}/when${problem.pointer}`,
        }));
  return [
    ...conditions,
    ...unknown('pool', rule.then.pool, pools, `${pointer}/then/pool`),
    ...unknown('member', rule.then.member, known.members, `${pointer}/then/member`),
  ];
}

function poolProblems(pool: Pool, pointer: string, book: RuleBook, known: Known): BookProblem[] {
  const members = Array.isArray(pool.members)
    ? pool.members.flatMap((key: MemberKey, index: number) =>
        unknown('member', key, known.members, `${pointer}/members/${index}`),
      )
    : unknown('team', pool.members.team, known.teams, `${pointer}/members/team`);
  const fallback = fallbackOf(pool);
  const pools = new Set<string>(book.pools.map((other) => other.key));
  const at = `${pointer}/whenNobody/fallback`;
  const missing = unknown('pool', fallback, pools, at);
  const circle =
    missing.length === 0 && isCircular(pool, book)
      ? [{ pointer: at, code: 'fallback-cycle', message: 'The pools pass leads on in a circle' }]
      : [];
  return [...members, ...missing, ...circle];
}

function unknown(what: string, key: string | undefined, known: ReadonlySet<string>, pointer: string): BookProblem[] {
  return key === undefined || known.has(key)
    ? []
    : [{ pointer, code: `unknown-${what}`, message: `There is no ${what} ${key}` }];
}

export function fallbackOf(pool: Pool): PoolKey | undefined {
  return typeof pool.whenNobody === 'object' ? pool.whenNobody.fallback : undefined;
}

function isCircular(start: Pool, book: RuleBook): boolean {
  const seen = new Set<string>();
  let next: Pool | undefined = start;
  while (next) {
    if (seen.has(next.key)) return true;
    seen.add(next.key);
    const fallback: PoolKey | undefined = fallbackOf(next);
    next = book.pools.find((pool) => pool.key === fallback);
  }
  return false;
}

/** What works and is probably not meant. */
export function bookWarnings(book: RuleBook): BookProblem[] {
  const open = book.rules.findIndex((rule) => rule.when === null && rule.then.accountOwner === undefined);
  const unreachable = open === -1 ? [] : book.rules.slice(open + 1);
  const used = new Set<string>([
    ...book.rules.flatMap((rule) => rule.then.pool ?? []),
    ...book.pools.flatMap((pool) => fallbackOf(pool) ?? []),
  ]);
  return [
    ...unreachable.map((rule, index) => ({
      pointer: `/rules/${open + 1 + index}`,
      code: 'unreachable-rule',
      message: `${rule.key} comes after a rule that always matches`,
    })),
    ...(open === -1
      ? [
          {
            pointer: '/rules',
            code: 'no-last-rule',
            message: 'A lead that no rule matches is held for everyone to see',
          },
        ]
      : []),
    ...book.pools.flatMap((pool, index) =>
      used.has(pool.key)
        ? []
        : [{ pointer: `/pools/${index}`, code: 'unused-pool', message: `No rule sends leads to ${pool.key}` }],
    ),
  ];
}

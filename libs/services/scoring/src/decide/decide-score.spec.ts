import { describe, expect, it } from '@jest/globals';
import type { ScoringDefinition } from '@relance/api';
import type { Condition } from '@relance/rules';
import fc from 'fast-check';
import { compileDefinition } from './compile-definition.js';
import { decideScore } from './decide-score.js';
import type { CompanyNews, Said, ScoreDecision } from './decide-score.js';
import type { Engagement } from './engagement.js';
import type { ScorableFacts } from './scorable-facts.js';
import { starterDefinition } from './starter-definition.js';

const now = new Date('2026-11-20T10:00:00Z');
const dayMs = 86_400_000;
const starter = compileDefinition(1, starterDefinition);

const ada = {
  person: { fullName: 'Ada Lovelace', email: 'ada@engines.example', emailKind: 'work' },
  company: { name: 'Engines' },
  request: {},
  attribution: {},
} as const satisfies ScorableFacts;

function score(
  facts: ScorableFacts,
  more: {
    engagements?: readonly Engagement[];
    company?: CompanyNews;
    previous?: Said;
    definition?: ScoringDefinition;
    at?: Date;
  } = {},
): ScoreDecision {
  const definition = more.definition ? compileDefinition(7, more.definition) : starter;
  const { engagements = [], company = null, previous = null, at = now } = more;
  return decideScore(facts, engagements, company, previous, definition, at);
}

function did(kind: string, daysAgo = 0, properties: Engagement['properties'] = {}): Engagement {
  return { kind, at: new Date(now.getTime() - daysAgo * dayMs), properties };
}

const asking = { ...ada, request: { asksForContact: true } };
const fitting: ScorableFacts = {
  ...ada,
  person: { ...ada.person, jobTitle: 'Head of Sales', country: 'FR' },
  company: { name: 'Engines', employees: 250 },
};

describe('the starter definition', () => {
  it.each<[string, ScorableFacts, Partial<ScoreDecision>]>([
    [
      'name, e-mail, company and the wish to be contacted',
      asking,
      { verdict: 'qualified', direct: true, temperature: 'hot' },
    ],
    ['the same without the wish', ada, { verdict: 'nurture', direct: false }],
    ['a wish that is denied', { ...ada, request: { asksForContact: false } }, { verdict: 'nurture' }],
    ['no company', { ...asking, company: {} }, { verdict: 'incomplete', missing: ['company.name'], direct: false }],
    ['a company without a name', { ...asking, company: { domain: 'engines.example' } }, { verdict: 'incomplete' }],
    ['a blank company', { ...asking, company: { name: ' ' } }, { verdict: 'incomplete', missing: ['company.name'] }],
    [
      'a phone in place of the e-mail',
      { ...asking, person: { lastName: 'L', phone: '+33612345678' } },
      { verdict: 'qualified' },
    ],
    [
      'nothing at all',
      { ...ada, person: {}, company: {} },
      { missing: ['person.fullName', 'person.email', 'company.name'] },
    ],
    [
      'a student who asks',
      { ...asking, person: { ...ada.person, jobTitle: 'PhD student' } },
      { verdict: 'disqualified', disqualifiedFor: 'student', direct: false, temperature: 'cold' },
    ],
    [
      'a student without a company',
      { ...ada, person: { jobTitle: 'Étudiante' }, company: {} },
      { verdict: 'disqualified' },
    ],
    [
      'an international manager',
      { ...asking, person: { ...ada.person, jobTitle: 'International manager' } },
      { verdict: 'qualified' },
    ],
    [
      'a competitor',
      { ...asking, company: { name: 'C', domain: 'competitor.example' } },
      { disqualifiedFor: 'competitor' },
    ],
    ['a fitting lead that only filled in a form', fitting, { verdict: 'nurture', grade: 'A3' }],
  ])('%s', (_name, facts, expected) => {
    expect(score(facts, { engagements: [did('form.submitted')] })).toMatchObject(expected);
  });

  it.each<[string, Engagement[], Partial<ScoreDecision>]>([
    ['a webinar', [did('webinar.attended')], { verdict: 'qualified', direct: false, grade: 'A2', temperature: 'hot' }],
    ['a webinar of two months ago', [did('webinar.attended', 60)], { verdict: 'nurture', engagement: 8.8 }],
    [
      'a form and a document',
      [did('form.submitted'), did('document.downloaded')],
      { verdict: 'nurture', engagement: 22 },
    ],
    ['a call that went well', [did('call.reached', 0, { outcome: 'RDV' })], { verdict: 'qualified' }],
    ['a call that did not', [did('call.reached', 0, { outcome: 'REFUS' })], { verdict: 'nurture', engagement: 0 }],
    ['many letters opened', Array.from({ length: 50 }, () => did('email.opened')), { engagement: 3 }],
    ['a webinar that is still to come by its clock', [did('webinar.attended', -10)], { engagement: 35 }],
    ['two page views', [did('page.viewed'), did('page.viewed')], { engagement: 0 }],
    ['three page views', [did('page.viewed'), did('page.viewed'), did('page.viewed')], { engagement: 9 }],
    [
      'three, one beyond the window',
      [did('page.viewed'), did('page.viewed'), did('page.viewed', 15)],
      { engagement: 0 },
    ],
    ['a look at the prices', [did('page.viewed', 0, { url: 'https://x.example/Pricing' })], { engagement: 10 }],
  ])('a fitting lead and %s', (_name, engagements, expected) => {
    expect(score(fitting, { engagements })).toMatchObject(expected);
  });

  it('does not qualify interest without fit', () => {
    const gmail = { ...ada, person: { ...ada.person, emailKind: 'free' as const } };

    expect(score(gmail, { engagements: [did('webinar.attended')] })).toMatchObject({ verdict: 'nurture', grade: 'C2' });
  });
});

describe('the company', () => {
  const news: CompanyNews = { facts: { name: 'Engines Ltd', employees: 250, country: 'FR' }, signals: [] };

  it('fills what the lead did not say', () => {
    expect(score(ada, { company: news }).fit).toBe(score(ada).fit + 35);
  });

  it('never gives the name that was not given', () => {
    expect(score({ ...asking, company: {} }, { company: news })).toMatchObject({ verdict: 'incomplete' });
  });

  it('does not contradict the lead', () => {
    const large = { ...ada, company: { name: 'Engines', employees: 9_000, country: 'JP' } };

    expect(score(large, { company: news }).fit).toBe(score(large).fit);
  });

  it('counts its news as engagement, by their own half-life', () => {
    const signals = [{ ...did('company.growth', 10), halfLifeDays: 10 }];

    expect(score(ada, { company: { facts: null, signals } }).engagement).toBe(4);
  });
});

describe('what is unknown', () => {
  const rule = (onUnknown: 'no' | 'yes' | 'ask'): ScoringDefinition => ({
    ...starterDefinition,
    fit: [{ key: 'size', when: { field: 'company.employees', operator: '>=', value: 10 }, points: 40, onUnknown }],
  });

  it.each([
    ['no' as const, 0, undefined],
    ['yes' as const, 40, { outcome: 'unknown', points: 40 }],
    [
      'ask' as const,
      0,
      { outcome: 'unknown', points: 0, worth: 40, says: 'size: company.employees unknown, worth up to +40: ask' },
    ],
  ])('gives by the rule: %s', (onUnknown, fit, reason) => {
    const decided = score(ada, { definition: rule(onUnknown) });

    expect(decided.fit).toBe(fit);
    expect(decided.reasons.find(({ rule: key }) => key === 'size')).toEqual(reason && expect.objectContaining(reason));
  });

  it('does not disqualify, and does not qualify at once', () => {
    const when: Condition = { field: 'request.budget', operator: '=', value: 'none' };
    const definition: ScoringDefinition = {
      ...starterDefinition,
      direct: [{ key: 'direct', when }],
      disqualify: [{ key: 'poor', when, reason: 'poor' }],
    };

    expect(score(ada, { definition }).verdict).toBe('nurture');
  });
});

describe('reasons', () => {
  it('name only what counted and what is worth asking', () => {
    const { reasons } = score(asking, { engagements: [did('form.submitted')] });

    expect(reasons.map(({ part, rule, outcome }) => `${part} ${rule} ${outcome}`)).toEqual([
      'direct asks-for-contact true',
      'fit decides unknown',
      'fit size-core unknown',
      'fit work-address true',
      'fit market unknown',
      'engagement asked true',
    ]);
  });

  it('say by how much a lead missed the thresholds', () => {
    expect(score(ada).reasons.filter(({ part }) => part === 'threshold')).toEqual([
      { part: 'threshold', rule: 'fit', outcome: 'false', points: 15, says: 'fit 15, 40 needed' },
      { part: 'threshold', rule: 'engagement', outcome: 'false', points: 0, says: 'engagement 0, 30 needed' },
    ]);
  });

  it('never quote contact details or what was written, whatever the condition', () => {
    const secrets = {
      'person.fullName': 'Ada Lovelace',
      'person.firstName': 'Ada',
      'person.lastName': 'Lovelace',
      'person.email': 'ada@engines.example',
      'person.phone': '+33612345678',
      'request.message': 'Call me at home',
      'attribution.landingUrl': 'https://x.example/?email=ada@engines.example',
      'attribution.referrer': 'https://y.example/?email=ada@engines.example',
      'request.answers.answer': 'my secret',
    };
    const facts = {
      person: {
        fullName: 'Ada Lovelace',
        firstName: 'Ada',
        lastName: 'Lovelace',
        email: 'ada@engines.example',
        phone: '+33612345678',
      },
      company: { name: 'Engines' },
      request: { message: 'Call me at home', answers: [{ question: 'q', answer: 'my secret' }] },
      attribution: {
        landingUrl: 'https://x.example/?email=ada@engines.example',
        referrer: 'https://y.example/?email=ada@engines.example',
      },
    };
    const conditions = Object.entries(secrets).flatMap(([field, value]): Condition[] => [
      { field, operator: '=', value },
      { field, operator: 'in', value: [value] },
      { field, operator: 'notNull' },
      { combinator: 'and', not: true, rules: [{ field, operator: '!=', value }] },
    ]);
    const definition: ScoringDefinition = {
      ...starterDefinition,
      fit: conditions.map((when, index) => ({ key: `r${index}`, when, points: 1, onUnknown: 'no' })),
      direct: conditions.map((when, index) => ({ key: `r${index}`, when })),
      disqualify: conditions.map((when, index) => ({ key: `r${index}`, when, reason: 'x' })),
    };

    const { reasons } = score(facts, { definition });
    const said = reasons.map(({ says }) => says.toLowerCase()).join('\n');

    expect(reasons.filter(({ part }) => part === 'fit')).toHaveLength(conditions.length);
    for (const secret of Object.values(secrets)) expect(said).not.toContain(secret.toLowerCase());
  });

  it('stay short', () => {
    const facts = {
      ...fitting,
      person: { ...fitting.person, jobTitle: `Director of ${'everything and '.repeat(100)}` },
    };

    for (const { says } of score(facts).reasons) expect(says.length).toBeLessThanOrEqual(230);
  });
});

describe('news', () => {
  const said = (facts: ScorableFacts): Said => score(facts);

  it.each<[string, Said | undefined, ScorableFacts, ScoreDecision['news']]>([
    ['the first score', undefined, ada, 'verdict'],
    ['the same again', said(ada), ada, 'nothing'],
    ['points within the same grade', said(ada), { ...ada, request: { budget: '10k' } }, 'nothing'],
    ['a better grade', said(ada), fitting, 'details'],
    ['another fact missing', said({ ...ada, company: {} }), { ...ada, company: {}, person: {} }, 'details'],
    ['another verdict', said(ada), asking, 'verdict'],
  ])('%s', (_name, previous, facts, expected) => {
    expect(score(facts, previous ? { previous } : {}).news).toBe(expected);
  });
});

const engagements = fc.array(
  fc.record({
    kind: fc.constantFrom(
      'webinar.attended',
      'page.viewed',
      'email.clicked',
      'form.submitted',
      'document.downloaded',
      'other',
    ),
    at: fc.integer({ min: -90 * dayMs, max: dayMs }).map((ms) => new Date(now.getTime() + ms)),
    properties: fc.constantFrom<Engagement['properties']>({}, { url: '/pricing' }),
  }),
  { maxLength: 15 },
);

const outlook = ({ verdict, grade, temperature }: ScoreDecision): string => `${verdict} ${grade} ${temperature}`;

describe('laws', () => {
  it('engagement never rises as time passes', () => {
    fc.assert(
      fc.property(engagements, fc.nat(200 * dayMs), fc.nat(200 * dayMs), (done, one, other) => {
        const [sooner, later] = [Math.min(one, other), Math.max(one, other)].map(
          (ms) => score(fitting, { engagements: done, at: new Date(now.getTime() + ms) }).engagement,
        );
        expect(later).toBeLessThanOrEqual(sooner ?? 0);
      }),
    );
  });

  it('the order of engagements does not matter', () => {
    fc.assert(
      fc.property(
        engagements.chain((done) => fc.tuple(fc.constant(done), fc.shuffledSubarray(done, { minLength: done.length }))),
        ([done, shuffled]) => {
          expect(score(fitting, { engagements: shuffled })).toEqual(score(fitting, { engagements: done }));
        },
      ),
    );
  });

  it('changesAt is exact: until the millisecond before nothing changes, at it something does', () => {
    const definitions = [30, 20, 8].map((engagement): ScoringDefinition => {
      return { ...starterDefinition, thresholds: { ...starterDefinition.thresholds, engagement } };
    });
    let found = 0;
    fc.assert(
      fc.property(
        engagements,
        fc.constantFrom(ada, fitting, asking),
        fc.constantFrom(...definitions),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (done, facts, definition, part) => {
          const decided = score(facts, { engagements: done, definition });
          const at = (ms: number): string => outlook(score(facts, { engagements: done, definition, at: new Date(ms) }));
          if (decided.changesAt === null) {
            expect(at(now.getTime() + Math.floor(part * 4_000 * dayMs))).toBe(outlook(decided));
            return;
          }
          found += 1;
          const changesAt = decided.changesAt.getTime();
          expect(changesAt).toBeGreaterThan(now.getTime());
          expect(at(changesAt)).not.toBe(outlook(decided));
          expect(at(changesAt - 1)).toBe(outlook(decided));
          expect(at(now.getTime() + Math.floor(part * (changesAt - 1 - now.getTime())))).toBe(outlook(decided));
        },
      ),
      { numRuns: 300 },
    );
    expect(found).toBeGreaterThan(20);
  });

  it('who stands exactly on a threshold falls below it next', () => {
    const decided = score(fitting, { engagements: [did('email.replied')] });
    const halvings = Math.log2(30 / 29.95);

    expect(decided).toMatchObject({ engagement: 30, verdict: 'qualified' });
    expect(decided.changesAt).toEqual(new Date(now.getTime() + Math.ceil(21 * dayMs * halvings)));
  });

  it('another engagement never lowers engagement', () => {
    fc.assert(
      fc.property(engagements, engagements, (done, more) => {
        const before = score(fitting, { engagements: done }).engagement;
        expect(score(fitting, { engagements: [...done, ...more] }).engagement).toBeGreaterThanOrEqual(before);
      }),
    );
  });

  it('learning a fact never lowers fit, where no rule takes points and none rewards not knowing', () => {
    const definition: ScoringDefinition = {
      ...starterDefinition,
      fit: starterDefinition.fit.filter(({ points }) => points > 0),
    };
    const value = {
      jobTitle: fc.constantFrom('CEO', 'Sales manager', 'Assistant to the director', 'Head of IT'),
      country: fc.constantFrom('FR', 'JP'),
      phone: fc.constant('+33612345678'),
      employees: fc.integer({ min: 1, max: 10_000 }),
      budget: fc.constant('10k'),
    };
    const facts = fc.record(value, { requiredKeys: [] });
    const full = fc.record(value);
    const factsOf = ({
      jobTitle,
      country,
      phone,
      employees,
      budget,
    }: Partial<Record<string, unknown>>): ScorableFacts =>
      ({
        person: { jobTitle, country, phone },
        company: { employees },
        request: { budget },
        attribution: {},
      }) as ScorableFacts;

    fc.assert(
      fc.property(facts, full, (known, learned) => {
        const before = score(factsOf(known), { definition }).fit;
        expect(score(factsOf({ ...learned, ...known }), { definition }).fit).toBeGreaterThanOrEqual(before);
      }),
    );
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { leadScoreViewSchema, scoringDefinitionViewSchema, scoringPreviewViewSchema } from '@relance/api';
import { ManualClock } from '@relance/clock';
import { anId } from '@relance/testing';
import { starterDefinition } from '../src/decide/starter-definition.js';
import { ScoringStarter } from '../src/scoring-starter.js';
import { fittingPerson, received, scoringWorld } from './scoring-world.js';
import type { ScoringWorld } from './scoring-world.js';

const now = new Date('2026-11-20T10:00:00Z');
const dayMs = 86_400_000;
let world: ScoringWorld;

beforeAll(async () => {
  world = await scoringWorld({ clock: new ManualClock(now) });
});
afterAll(() => world.close());

const facts = { person: fittingPerson, company: { name: 'Engines', employees: 250 } };

describe('a preview', () => {
  it('tells what the definition in force would say, and why', async () => {
    const webinar = { kind: 'webinar.attended', at: '2026-11-20T10:00:00Z' };
    const { status, json } = await world.call('POST', '/api/scoring/preview', { facts, engagements: [webinar] });

    expect(status).toBe(200);
    expect(scoringPreviewViewSchema.parse(json)).toMatchObject({
      verdict: 'qualified',
      fit: 75,
      engagement: 35,
      grade: 'A2',
      temperature: 'hot',
      direct: false,
      definitionVersion: 1,
      changesAt: new Date(now.getTime() + Math.ceil(30 * dayMs * Math.log2(35 / 29.95))).toISOString(),
    });
    expect(json.explanation).toContainEqual(
      expect.objectContaining({
        rule: 'size-large',
        outcome: 'false',
        points: 0,
        explanation: expect.objectContaining({ field: 'company.employees', observed: 250 }),
      }),
    );
  });

  it('tries out a definition that is sent along', async () => {
    const definition = { ...starterDefinition, direct: [{ key: 'all', when: { combinator: 'and', rules: [] } }] };
    const { json } = await world.call('POST', '/api/scoring/preview', { definition, facts });

    expect(json).toMatchObject({ verdict: 'qualified', direct: true, definitionVersion: null });
    expect(await world.db.query('select version from scoring.definition')).toHaveLength(1);
  });

  it.each<[string, unknown, string, string]>([
    [
      'an unknown fact in a rule',
      {
        definition: {
          ...starterDefinition,
          direct: [{ key: 'x', when: { field: 'person.shoeSize', operator: 'notNull' } }],
        },
        facts,
      },
      '/definition/direct/0/when/field',
      'unknown-field',
    ],
    [
      'an unreachable threshold',
      { definition: { ...starterDefinition, fit: [] }, facts },
      '/definition/thresholds/fit',
      'unreachable-threshold',
    ],
    [
      'a rule of the wrong shape',
      {
        definition: { ...starterDefinition, direct: [{ key: 'x', when: { field: 'person.email', operator: '~' } }] },
        facts,
      },
      '/definition/direct/0/when/operator',
      'custom',
    ],
    ['an unknown fact', { facts: { ...facts, shoes: {} } }, '/facts', 'unrecognized_keys'],
    ['no facts', {}, '/facts', 'invalid_type'],
    [
      'a time without a zone',
      { facts, engagements: [{ kind: 'x', at: '2026-11-20' }] },
      '/engagements/0/at',
      'invalid_format',
    ],
  ])('refuses %s, with a pointer', async (_name, body, pointer, code) => {
    const { status, json } = await world.call('POST', '/api/scoring/preview', body);

    expect(status).toBe(422);
    expect(json.errors).toContainEqual(expect.objectContaining({ pointer, code }));
  });
});

describe('definitions', () => {
  it('begin with a starter, put once', async () => {
    const starter = world.app.get(ScoringStarter);
    await Promise.all([1, 2, 3].map(() => world.db.transaction((tx) => starter.seed(tx))));

    const { json } = await world.call('GET', '/api/scoring/definitions');
    expect(json).toMatchObject({
      items: [
        {
          version: 1,
          state: 'in-force',
          isStarter: true,
          name: 'Starter definition',
          hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      ],
      nextCursor: null,
    });
    const one = await world.call('GET', '/api/scoring/definitions/1');
    expect(scoringDefinitionViewSchema.parse(one.json).document).toEqual(starterDefinition);
  });

  it.each([
    ['/api/scoring/definitions/2', 404],
    ['/api/scoring/definitions/first', 422],
    ['/api/scoring/definitions?cursor=x', 422],
    [`/api/scoring/leads/${anId()}`, 404],
    ['/api/scoring/leads/nobody', 422],
  ])('and what is not there: %s is %i', async (path, status) => {
    expect((await world.call('GET', path)).status).toBe(status);
  });
});

describe("a lead's score", () => {
  it('is told with its reasons and its history, and without contact details', async () => {
    const submission = received({ asks: true });
    await world.announce(submission);
    await world.settled();

    const { json, text } = await world.call('GET', `/api/scoring/leads/${submission.data.leadId}`);

    expect(leadScoreViewSchema.parse(json)).toMatchObject({
      leadId: submission.data.leadId,
      score: {
        revision: 1,
        verdict: 'qualified',
        cause: 'submission',
        submissionId: submission.data.submissionId,
        at: now.toISOString(),
      },
      changesAt: null,
      history: [{ revision: 1 }],
    });
    for (const secret of [fittingPerson.fullName, fittingPerson.email]) expect(text).not.toContain(secret);
  });

  it('is for those who may see it', async () => {
    const { json } = await world.call('POST', '/api/desk/tokens', { name: 'prometheus', role: 'metrics' });
    const paths = ['/api/scoring/definitions', `/api/scoring/leads/${anId()}`];

    for (const path of paths)
      expect((await world.call('GET', path, undefined, { token: json.token })).status).toBe(403);
    expect((await world.call('POST', '/api/scoring/preview', { facts }, { token: null })).status).toBe(401);
  });
});

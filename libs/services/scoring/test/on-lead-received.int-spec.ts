import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CompanyId, LeadId } from '@relance/lead';
import { anId } from '@relance/testing';
import { engaged, enriched, fittingPerson, received, scoringWorld } from './scoring-world.js';
import type { ScoringWorld } from './scoring-world.js';

describe('a submission', () => {
  let world: ScoringWorld;

  beforeAll(async () => {
    world = await scoringWorld();
  });
  afterAll(() => world.close());

  it.each([
    {
      name: 'asks to be contacted',
      given: { asks: true },
      expected: { verdict: 'qualified', direct: true, missing: [] },
    },
    { name: 'does not ask', given: { asks: false }, expected: { verdict: 'nurture', direct: false } },
    {
      name: 'names no company',
      given: { asks: true, company: {} },
      expected: { verdict: 'incomplete', missing: ['company.name'] },
    },
    {
      name: 'comes from a student',
      given: { asks: true, person: { ...fittingPerson, jobTitle: 'Student' } },
      expected: { verdict: 'disqualified', disqualifiedFor: 'student' },
    },
    { name: 'is a test', given: { asks: true, test: true }, expected: { verdict: 'qualified', test: true } },
  ])('that $name is answered by $expected.verdict', async ({ given, expected }) => {
    const submission = received(given);
    await world.announce(submission);

    const [scored, ...more] = await world.scores(submission.data.leadId);

    expect(more).toEqual([]);
    expect(scored?.data).toMatchObject({
      ...expected,
      revision: 1,
      submissionId: submission.data.submissionId,
      definitionVersion: 1,
      factsRevision: 1,
      facts: submission.data.facts,
    });
    expect(scored).toMatchObject({
      source: '/relance/scoring',
      causationid: submission.id,
      correlationid: submission.data.submissionId,
    });
  });

  it('is answered once, however often it is delivered', async () => {
    const submission = received({ asks: true });
    await world.announce(submission);
    expect(await world.scores(submission.data.leadId)).toHaveLength(1);

    await world.db.query("delete from event_log.inbox where group_name = 'scoring' and event_id = $1", [submission.id]);
    await world.db.query("update event_log.reader set position = 0 where group_name = 'scoring'");

    expect(await world.scores(submission.data.leadId)).toHaveLength(1);
  });

  it('is answered again when somebody asks again, by what this one asks', async () => {
    const first = received({ asks: true });
    const { leadId } = first.data;
    await world.announce(first, received({ leadId, revision: 2, asks: false }));

    expect((await world.scores(leadId)).map(({ data }) => [data.revision, data.verdict, data.direct])).toEqual([
      [1, 'qualified', true],
      [2, 'nurture', false],
    ]);
  });

  it('that comes late is answered by what is known now, and overwrites nothing', async () => {
    const newer = received({ revision: 2, person: { ...fittingPerson, jobTitle: 'CEO' } });
    const { leadId } = newer.data;
    const older = received({ leadId, revision: 1, company: {}, asks: true });
    await world.announce(newer);
    await world.announce(older);
    await world.announce(engaged(leadId, 'page.viewed'));

    const scores = await world.scores(leadId);

    expect(scores.map(({ data }) => [data.revision, data.submissionId, data.factsRevision, data.verdict])).toEqual([
      [1, newer.data.submissionId, 2, 'nurture'],
      [2, older.data.submissionId, 2, 'qualified'],
      [3, undefined, 2, 'nurture'],
    ]);
    expect(scores[2]?.data.facts.person.jobTitle).toBe('CEO');
  });

  it('counts what a lead did before it was known', async () => {
    const leadId = anId<LeadId>();
    await world.announce(engaged(leadId, 'webinar.attended'));
    expect(await world.scores(leadId)).toEqual([]);

    await world.announce(received({ leadId }));

    expect((await world.scores(leadId)).map(({ data }) => [data.verdict, data.direct])).toEqual([['qualified', false]]);
  });

  it('by itself is an engagement: forms filled in count, up to their cap', async () => {
    const first = received();
    const { leadId } = first.data;
    await world.announce(first, ...[2, 3, 4].map((revision) => received({ leadId, revision })));

    expect((await world.scores(leadId)).map(({ data }) => data.engagement)).toEqual([10, 20, 20, 20]);
  });

  it('of a known company is scored with what is known about it, in either order', async () => {
    const [before, after] = [anId<CompanyId>(), anId<CompanyId>()];
    const facts = { name: 'Engines Ltd', employees: 250, country: 'FR' };
    const lead = (companyId: CompanyId) =>
      received({
        person: { fullName: 'A', email: 'a@e.example', emailKind: 'work' },
        company: { name: 'E', companyId },
      });
    const [early, late] = [lead(after), lead(before)];
    await world.announce(enriched(before, 1, facts), early);
    await world.settled();
    await world.announce(enriched(after, 1, facts), late);

    const [first, second] = await world.scores(early.data.leadId);
    const [only] = await world.scores(late.data.leadId);

    expect(first?.data).toMatchObject({ grade: 'C3', fit: 15 });
    expect(second?.data).toMatchObject({
      grade: 'B3',
      fit: 50,
      facts: { company: { name: 'E', employees: 250, country: 'FR' } },
    });
    expect(second?.data.submissionId).toBeUndefined();
    expect(only?.data).toMatchObject({
      grade: 'B3',
      fit: 50,
      facts: { company: { name: 'E', employees: 250, country: 'FR' } },
    });
  });

  it('keeps hundreds at once apart', async () => {
    const submissions = Array.from({ length: 600 }, (_, index) => received({ asks: index % 2 === 0 }));
    await world.announce(...submissions);
    await world.settled();

    const verdicts = await world.db.query<{ verdict: string; leads: number }>(
      'select verdict, count(distinct lead_id) as leads from scoring.score where lead_id = any($1::uuid[]) group by 1 order by 1',
      [submissions.map(({ data }) => data.leadId)],
    );
    expect(verdicts).toEqual([
      { verdict: 'nurture', leads: 300 },
      { verdict: 'qualified', leads: 300 },
    ]);
  });

  it('that cannot be read is parked and holds nobody else up', async () => {
    const leadId = anId<LeadId>();
    const bad = { ...received({ leadId }), data: { leadId } };
    const good = received();
    await world.announce(bad, good);

    expect(await world.scores(good.data.leadId)).toHaveLength(1);
    expect(await world.scores(leadId)).toEqual([]);
  });
});

it('waits where no definition is in force', async () => {
  const world = await scoringWorld();
  try {
    await world.db.query("update scoring.definition set state = 'superseded'");
    const submission = received();
    await world.announce(submission);
    const answer = await world.call('POST', '/api/scoring/preview', { facts: {} });
    expect(answer).toMatchObject({ status: 503, json: { code: 'scoring.no-definition-in-force' } });

    await world.db.query("update scoring.definition set state = 'in-force'");

    expect(await world.scores(submission.data.leadId)).toHaveLength(1);
  } finally {
    await world.close();
  }
});

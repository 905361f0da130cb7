import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { starterDefinition } from '../src/decide/starter-definition.js';
import { SweepCoolingLeads } from '../src/jobs/sweep-cooling-leads.job.js';
import { eventually } from '@relance/testing';
import { contacted, engaged, moved, received, scoringWorld } from './scoring-world.js';
import type { ScoringWorld } from './scoring-world.js';

describe('what a lead does', () => {
  let world: ScoringWorld;

  beforeAll(async () => {
    world = await scoringWorld();
  });
  afterAll(() => world.close());

  it('qualifies a nurtured lead', async () => {
    const submission = received();
    const { leadId } = submission.data;
    const webinar = engaged(leadId, 'webinar.attended');
    await world.announce(submission, webinar);

    const [first, second, ...more] = await world.scores(leadId);

    expect(more).toEqual([]);
    expect(first?.data).toMatchObject({ verdict: 'nurture', revision: 1 });
    expect(second?.data).toMatchObject({ verdict: 'qualified', revision: 2, direct: false, grade: 'A2' });
    expect(second?.data.submissionId).toBeUndefined();
    expect(second).toMatchObject({ causationid: webinar.id });
    expect(second?.data.reasons).toContainEqual(expect.objectContaining({ rule: 'attended', points: 35 }));
  });

  it('is kept and not said again when it says nothing new', async () => {
    const submission = received();
    const { leadId } = submission.data;
    await world.announce(submission, engaged(leadId, 'email.opened'), engaged(leadId, 'email.opened'));

    expect(await world.scores(leadId)).toHaveLength(1);
    const { json } = await world.call('GET', `/api/scoring/leads/${leadId}`);
    expect(json.history.map(({ revision, cause, engagement }: never) => [revision, cause, engagement])).toEqual([
      [3, 'engagement', 12],
      [2, 'engagement', 11],
      [1, 'submission', 10],
    ]);
  });

  it('counts once, however often it is told', async () => {
    const submission = received();
    const { leadId } = submission.data;
    const click = engaged(leadId, 'email.clicked');
    await world.announce(submission, click);
    await world.settled();
    await world.db.query("delete from event_log.inbox where group_name = 'scoring' and event_id = $1", [click.id]);
    await world.db.query("update event_log.reader set position = 0 where group_name = 'scoring'");
    await world.settled();

    const { json } = await world.call('GET', `/api/scoring/leads/${leadId}`);
    expect(json.score).toMatchObject({ engagement: 20 });
  });

  it('does not stay warm for ever because a clock runs ahead', async () => {
    const submission = received();
    const { leadId } = submission.data;
    await world.announce(submission, engaged(leadId, 'webinar.attended', new Date('2099-01-01T00:00:00Z')));
    await world.settled();

    const { json } = await world.call('GET', `/api/scoring/leads/${leadId}`);
    expect(Date.parse(json.changesAt) - Date.now()).toBeLessThan(60 * 86_400_000);
  });

  it.each([
    { outcome: 'RDV', grade: 'A' as const, verdicts: ['nurture', 'qualified'] },
    { outcome: 'REFUS', grade: 'A' as const, verdicts: ['nurture'] },
    { outcome: 'RDV', grade: 'C' as const, verdicts: ['nurture'] },
  ])('includes a call: $outcome, evidence $grade', async ({ outcome, grade, verdicts }) => {
    const submission = received();
    const { leadId } = submission.data;
    await world.announce(submission, contacted(leadId, outcome, grade));

    expect((await world.scores(leadId)).map(({ data }) => data.verdict)).toEqual(verdicts);
  });

  it('and what became of it is noted for learning', async () => {
    const submission = received();
    const { leadId } = submission.data;
    await world.announce(submission, moved(leadId, 'accept'), moved(leadId, 'lost', 'price'), moved(leadId, 'won'));
    await world.settled();

    const outcomes = await world.db.query(
      'select outcome, reason from scoring.outcome where lead_id = $1 order by at, event_id',
      [leadId],
    );
    expect(outcomes).toEqual([
      { outcome: 'lost', reason: 'price' },
      { outcome: 'won', reason: null },
    ]);
  });
});

describe('decay', () => {
  let world: ScoringWorld;
  const secondInDays = 1 / 86_400;
  /** A webinar's 35 points and a form's 10 fall below 30 within a second or so. */
  const hasty = {
    ...starterDefinition,
    engagement: starterDefinition.engagement.map((rule) => ({ ...rule, halfLifeDays: 2 * secondInDays })),
  };

  beforeAll(async () => {
    world = await scoringWorld();
    await world.putInForce(hasty);
  });
  afterAll(() => world.close());

  it('takes a verdict back at the instant it said, by an alarm', async () => {
    const submission = received();
    const { leadId } = submission.data;
    await world.announce(submission, engaged(leadId, 'webinar.attended'));
    const qualified = (await world.scores(leadId)).find(({ data }) => data.verdict === 'qualified');
    const { json } = await world.call('GET', `/api/scoring/leads/${leadId}`);
    expect(qualified?.data.definitionVersion).toBe(2);

    const [cooled, ...more] = await eventually(async () => {
      const scores = (await world.scores(leadId)).slice(2);
      return scores.length > 0 ? scores : null;
    });

    expect(more).toEqual([]);
    expect(cooled?.data).toMatchObject({ verdict: 'nurture', revision: 3 });
    expect(cooled?.data.submissionId).toBeUndefined();
    expect(cooled?.correlationid).toBe(submission.data.submissionId);
    const lateMs = Date.parse(cooled?.time ?? '') - Date.parse(json.changesAt);
    expect(lateMs).toBeGreaterThanOrEqual(0);
    expect(lateMs).toBeLessThan(1_500);
  });

  it('of the grade alone is kept and not said', async () => {
    const submission = received({ asks: true });
    const { leadId } = submission.data;
    await world.announce(submission, engaged(leadId, 'webinar.attended'));
    const said = (await world.scores(leadId)).length;

    const history = await eventually(async () => {
      const { json } = await world.call('GET', `/api/scoring/leads/${leadId}`);
      return json.score.cause === 'decay' ? json.history : null;
    });

    expect(history[0]).toMatchObject({ verdict: 'qualified', direct: true, grade: 'A3' });
    expect(history[1]).toMatchObject({ grade: 'A2' });
    expect(await world.scores(leadId)).toHaveLength(said);
  });

  it('is caught up by the sweep where the alarm was lost', async () => {
    const submission = received({ asks: true });
    const { leadId } = submission.data;
    await world.announce(submission);
    await world.settled();
    // As if the lead had been qualified by points long ago, and the queue wiped since.
    await world.db.query(
      `update scoring.lead set asks_for_contact = false, changes_at = '2026-01-01T00:00:00Z' where lead_id = $1`,
      [leadId],
    );

    await world.app.get(SweepCoolingLeads).sweep();

    const [, cooled] = await eventually(async () => {
      const scores = await world.scores(leadId);
      return scores.length > 1 ? scores : null;
    });
    expect(cooled?.data).toMatchObject({ verdict: 'nurture', revision: 2 });
  });
});

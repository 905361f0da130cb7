import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CompanyId, LeadId } from '@relance/lead';
import { anId } from '@relance/testing';
import { engaged, enriched, erased, merged, moved, received, scoringWorld, unmerged } from './scoring-world.js';
import type { ScoringWorld } from './scoring-world.js';

let world: ScoringWorld;

beforeAll(async () => {
  world = await scoringWorld();
});
afterAll(() => world.close());

async function verdicts(leadId: LeadId): Promise<string[]> {
  return (await world.scores(leadId)).map(({ data }) => data.verdict);
}

describe('two leads that are one person', () => {
  it('count together for the winner, and apart again once it is taken back', async () => {
    const [winner, loser] = [received(), received()];
    const [winnerId, loserId] = [winner.data.leadId, loser.data.leadId];
    await world.announce(winner, loser, engaged(loserId, 'webinar.attended'));
    expect([await verdicts(winnerId), await verdicts(loserId)]).toEqual([['nurture'], ['nurture', 'qualified']]);

    await world.announce(...merged(winnerId, loserId));
    expect([await verdicts(winnerId), await verdicts(loserId)]).toEqual([
      ['nurture', 'qualified'],
      ['nurture', 'qualified'],
    ]);
    expect((await world.call('GET', `/api/scoring/leads/${loserId}`)).json).toMatchObject({ leadId: winnerId });

    await world.announce(...unmerged(winnerId, loserId));
    expect([await verdicts(winnerId), await verdicts(loserId)]).toEqual([
      ['nurture', 'qualified', 'nurture'],
      ['nurture', 'qualified'],
    ]);
    expect((await world.call('GET', `/api/scoring/leads/${loserId}`)).json).toMatchObject({ leadId: loserId });
  });

  it('are told of as one: what comes in for the loser later is said of the winner', async () => {
    const [winner, loser] = [received(), received()];
    const [winnerId, loserId] = [winner.data.leadId, loser.data.leadId];
    await world.announce(winner, loser, ...merged(winnerId, loserId));
    await world.settled();
    const late = received({ leadId: loserId, revision: 2, asks: true });
    await world.announce(late, engaged(loserId, 'webinar.attended'), received({ leadId: winnerId, revision: 2 }));

    const [, answer, ...more] = (await world.scores(winnerId)).map(({ data }) => data);

    expect(answer).toMatchObject({
      verdict: 'qualified',
      direct: true,
      submissionId: late.data.submissionId,
      factsRevision: 1,
    });
    expect(more.at(-1)).toMatchObject({ factsRevision: 2, verdict: 'qualified' });
    expect(await verdicts(loserId)).toEqual(['nurture']);
  });

  it('ask as one: what the loser asked for lately still stands when the winner does something', async () => {
    const [winner, loser] = [received(), received()];
    const [winnerId, loserId] = [winner.data.leadId, loser.data.leadId];
    await world.announce(winner, loser, ...merged(winnerId, loserId));
    await world.settled();
    await world.announce(received({ leadId: loserId, revision: 2, asks: true }), engaged(winnerId, 'email.opened'));

    expect(await verdicts(winnerId)).toEqual(['nurture', 'qualified']);
  });

  it('are answered one after the other where both submit at once', async () => {
    const [winner, loser] = [received(), received()];
    const [winnerId, loserId] = [winner.data.leadId, loser.data.leadId];
    await world.announce(winner, loser, ...merged(winnerId, loserId));
    await world.settled();
    const both = [received({ leadId: loserId, revision: 2, asks: true }), received({ leadId: winnerId, revision: 2 })];
    await world.announce(...both);

    const scores = (await world.scores(winnerId)).slice(1);

    // The merge itself was the second score, and said nothing new.
    expect(scores.map(({ data }) => [data.revision, data.submissionId, data.verdict])).toEqual([
      [3, both[0]?.data.submissionId, 'qualified'],
      [4, both[1]?.data.submissionId, 'nurture'],
    ]);
  });

  it('are one even before the winner was heard of', async () => {
    const [winner, loser] = [received(), received()];
    const [winnerId, loserId] = [winner.data.leadId, loser.data.leadId];
    await world.announce(loser, ...merged(winnerId, loserId), received({ leadId: loserId, revision: 2 }));
    await world.settled();
    await world.announce(winner);

    expect((await world.scores(winnerId)).map(({ data }) => [data.revision, data.facts.receivedAt])).toEqual([
      [1, expect.any(String)],
      [2, winner.data.facts.receivedAt],
    ]);
  });

  it('survive a merge in a circle', async () => {
    const [one, other] = [received(), received()];
    const [oneId, otherId] = [one.data.leadId, other.data.leadId];
    await world.announce(one, other, ...merged(oneId, otherId), ...merged(otherId, oneId));
    await world.announce(received({ leadId: otherId, revision: 2 }));

    expect(await verdicts(oneId)).toEqual(['nurture', 'nurture']);
  });
});

describe('a person who is forgotten', () => {
  it('leaves a tombstone, under every id, and nothing brings them back', async () => {
    const [winner, loser] = [received({ asks: true }), received()];
    const [winnerId, loserId] = [winner.data.leadId, loser.data.leadId];
    const all = [
      winner,
      loser,
      engaged(loserId, 'webinar.attended'),
      ...merged(winnerId, loserId),
      moved(winnerId, 'won'),
    ];
    await world.announce(...all);
    const before = (await world.scores(winnerId)).length;

    await world.announce(erased(loserId));
    await world.announce(
      received({ leadId: winnerId, revision: 9 }),
      received({ leadId: loserId, revision: 9 }),
      engaged(winnerId, 'webinar.attended'),
      moved(winnerId, 'lost'),
      ...unmerged(winnerId, loserId),
    );

    expect(await world.scores(winnerId)).toHaveLength(before);
    const rows = await world.db.query('select * from scoring.lead where lead_id = any($1::uuid[])', [
      [winnerId, loserId],
    ]);
    expect(rows).toHaveLength(2);
    for (const row of rows) {
      expect(row).toMatchObject({
        facts: null,
        said: null,
        company_id: null,
        changes_at: null,
        erased_at: expect.any(Date),
      });
    }
    for (const table of ['score', 'engagement', 'outcome']) {
      const left = await world.db.query(`select * from scoring.${table} where lead_id = any($1::uuid[])`, [
        [winnerId, loserId],
      ]);
      expect(left).toEqual([]);
    }
    expect(await world.call('GET', `/api/scoring/leads/${winnerId}`)).toMatchObject({
      status: 404,
      json: { code: 'scoring.score-not-found' },
    });
  });

  it('is forgotten also when nobody has heard of them yet', async () => {
    const submission = received({ asks: true });
    await world.announce(erased(submission.data.leadId), submission);

    expect(await verdicts(submission.data.leadId)).toEqual([]);
  });
});

describe('news about a company', () => {
  it('score all its leads again, and say so where it makes a difference', async () => {
    const companyId = anId<CompanyId>();
    const other = received({ company: { name: 'Other', companyId: anId() } });
    const leads = [
      received({ company: { name: 'E', companyId } }),
      received({
        company: { name: 'E', companyId },
        person: { fullName: 'A', email: 'a@e.example', emailKind: 'work' },
      }),
    ];
    const [fitting, vague] = leads.map(({ data }) => data.leadId);
    await world.announce(...leads, other);
    await world.settled();
    await world.announce(enriched(companyId, 1, { employees: 250, country: 'FR' }));

    expect((await world.scores(fitting!)).map(({ data }) => data.grade)).toEqual(['B3', 'A3']);
    expect((await world.scores(vague!)).map(({ data }) => data.grade)).toEqual(['C3', 'B3']);
    expect(await world.scores(other.data.leadId)).toHaveLength(1);
  });

  it('never go back to an older revision, and a signal counts whenever it comes', async () => {
    const companyId = anId<CompanyId>();
    const lead = received({ company: { name: 'E', companyId } });
    const signal = { kind: 'growth', at: new Date().toISOString(), halfLifeDays: 30 };
    await world.announce(
      lead,
      enriched(companyId, 2, { employees: 250 }),
      enriched(companyId, 1, { employees: 3 }, signal),
      enriched(companyId, 1, { employees: 3 }, { ...signal, kind: 'hiring' }),
    );
    await world.settled();

    const { json } = await world.call('GET', `/api/scoring/leads/${lead.data.leadId}`);

    expect(json.score).toMatchObject({ fit: 75, engagement: 26, cause: 'company' });
    expect(json.score.reasons).toContainEqual(expect.objectContaining({ rule: 'company-news', points: 16 }));
  });
});

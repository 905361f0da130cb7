import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Announcement } from '@relance/events';
import type { CompanyId, LeadId } from '@relance/lead';
import { anId, eventually } from '@relance/testing';
import { OnCompanyEnriched } from '../src/consume/on-company-enriched.js';
import { OnLeadReceived } from '../src/consume/on-lead-received.js';
import { unheardLead } from '../src/decide/lead-state.js';
import { LeadRepository } from '../src/store/lead.repository.js';
import { enriched, received, scoringWorld } from './scoring-world.js';
import type { ScoringWorld } from './scoring-world.js';

let world: ScoringWorld;

beforeAll(async () => {
  world = await scoringWorld();
});
afterAll(() => world.close());

/** An event as a reader hands it over. */
function heard(announcement: Announcement): never {
  return { ...announcement, recordedat: new Date().toISOString(), position: 1 } as never;
}

describe('two processes at once', () => {
  it('a new lead and news about its company see each other', async () => {
    const companyId = anId<CompanyId>();
    const person = { fullName: 'A', email: 'a@e.example', emailKind: 'work' } as const;
    const submission = received({ person, company: { name: 'E', companyId } });
    const news = enriched(companyId, 2, { employees: 250, country: 'FR' });
    await world.announce(enriched(companyId, 1, {}));
    await world.settled();

    const telling: Promise<void>[] = [];
    let isTold = false;
    await world.db.transaction(async (tx) => {
      await world.app.get(OnLeadReceived).handle([heard(submission)], tx);
      const told = world.db.transaction((other) => world.app.get(OnCompanyEnriched).handle([heard(news)], other));
      telling.push(
        told.then(() => {
          isTold = true;
        }),
      );
      await eventually(async () => {
        const waiting = await world.db.query(
          "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
        );
        return isTold || waiting.length > 0;
      });
    });
    await Promise.all(telling);

    const grades = (await world.scores(submission.data.leadId)).map(({ data }) => data.grade);
    expect(grades).toEqual(['C3', 'B3']);
  });

  it('a lead that was made known meanwhile is not overwritten', async () => {
    const leadId = anId<LeadId>();
    const leads = world.app.get(LeadRepository);

    const writing = world.db.transaction(async (tx) => {
      const held = await leads.lock(tx, [leadId]);
      await world.db.transaction((other) => leads.makeKnown(other, [leadId]));
      await leads.save(tx, [held.stateOf(leadId)]);
    });

    const refused = { code: 'scoring.lead-changed-meanwhile' };
    await expect(writing).rejects.toMatchObject(refused);
    const again = world.db.transaction((tx) => leads.saveScores(tx, [unheardLead(anId())]));
    await expect(again).rejects.toMatchObject(refused);
  });
});

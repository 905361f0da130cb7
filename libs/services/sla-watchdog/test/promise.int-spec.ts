import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SlaBreached, SlaMet, SlaStarted } from '@relance/events';
import type { TestApp } from '@relance/testing';
import { anOwned, assigned, clockIn, clocksOf, contacted, promise, putPolicy, startWatchdog } from './watchdog.js';

describe('a promise', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startWatchdog();
  });
  afterAll(() => app.close());

  it('starts when a lead is assigned, and is broken on time when nobody answers', async () => {
    await putPolicy(app, promise({ within: 'PT1S' }));
    const lead = anOwned();
    await app.announce(assigned(lead));
    const clock = await clockIn(app, lead.leadId, 'open');
    expect(Date.parse(clock.dueAt) - Date.parse(clock.startedAt)).toBe(1_000);
    const broken = await clockIn(app, lead.leadId, 'breached');
    expect(broken.ledger.map(({ kind }) => kind)).toEqual(['started', 'breached']);
    const [breached] = await app.said(lead.leadId, SlaBreached);
    expect(breached?.data).toMatchObject({ actions: ['alert', 'reassign'], evidence: 'C', member: 'lea' });
    expect(breached?.data.latenessMs).toBeLessThan(250);
  });

  it('is met by a contact in time', async () => {
    await putPolicy(app, promise({ within: 'PT30M' }));
    const lead = anOwned();
    await app.announce(assigned(lead), contacted(lead));
    const met = await clockIn(app, lead.leadId, 'met');
    expect(met.ledger.map(({ kind }) => kind)).toEqual(['started', 'met']);
    expect(await app.said(lead.leadId, SlaStarted)).toHaveLength(1);
    expect(await app.said(lead.leadId, SlaMet)).toHaveLength(1);
    expect(await clocksOf(app, lead.leadId)).toHaveLength(1);
  });
});

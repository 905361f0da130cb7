import { connect, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@relance/testing';
import { newDirectory, removeDirectory, startRelance } from './relance-process.js';
import type { RelanceProcess } from './relance-process.js';

interface Story {
  stage: string;
  verdict: string;
  owner: { member: string } | null;
  clocks: { milestone: string; state: string; assignmentId: string }[];
  timeline: { type: string }[];
}

const shortPromise = {
  key: 'follow-up',
  when: null,
  milestones: [
    {
      key: 'first-follow-up',
      startsOn: 'assigned',
      within: 'PT2S',
      clock: 'elapsed',
      metBy: { evidence: 'C' },
      warnAfter: [],
      onBreach: [
        { after: 'PT0S', do: 'alert', to: ['owner', 'manager'] },
        { after: 'PT0S', do: 'reassign' },
      ],
    },
  ],
};

describe('one process', () => {
  let relance: RelanceProcess;

  beforeAll(async () => {
    relance = await startRelance();
  }, 60_000);

  afterAll(async () => {
    await relance.signal('SIGTERM');
    await removeDirectory(relance.directory);
  });

  const story = async (lead: string): Promise<Story> => (await relance.ask('GET', `/api/desk/leads/${lead}`)).body;
  const owned = (lead: string): Promise<string> => eventually(async () => (await story(lead)).owner?.member);

  it('takes a form to an owner with reasons, a losing candidate each, and a running clock', async () => {
    const lead = await relance.submit();

    const owner = await owned(lead);
    const told = await eventually(async () => {
      const current = await story(lead);
      return current.clocks.length > 0 && current;
    });
    const decisions = (await relance.ask('GET', `/api/routing/leads/${lead}/decisions`)).body as {
      items: { chosen: string; candidates: { member: string; why: string }[] }[];
    };

    expect(told).toMatchObject({ stage: 'mql', verdict: 'qualified' });
    expect(decisions.items).toHaveLength(1);
    expect(decisions.items[0]?.chosen).toBe(owner);
    expect(decisions.items[0]?.candidates.map(({ member }) => member).sort()).toEqual(['ines', 'lea', 'marc']);
    expect(decisions.items[0]?.candidates.every(({ why }) => why !== '')).toBe(true);
  });

  it('nurtures who is not ready and asks for what is missing', async () => {
    const weak = await relance.submit({ contact_me: '' });
    const incomplete = await relance.submit({ company: '' });

    await eventually(
      async () => (await story(weak)).stage === 'nurturing' && (await story(incomplete)).stage === 'nurturing',
    );

    expect(await story(weak)).toMatchObject({ verdict: 'nurture', owner: null });
    expect(await story(incomplete)).toMatchObject({ verdict: 'incomplete', owner: null });
  });

  it('moves a silent lead on, and leaves one alone that was answered', async () => {
    await relance.ask('PUT', '/api/sla/policies/follow-up', shortPromise);
    const quiet = await relance.submit();
    const spoken = await relance.submit();
    const first = await owned(quiet);
    const work = await eventually(async () => {
      const { items } = (await relance.ask('GET', `/api/routing/inbox?member=${await owned(spoken)}`)).body as {
        items: { leadId: string; assignmentId: string; dueAt: string | null }[];
      };
      return items.find((item) => item.leadId === spoken && item.dueAt !== null);
    });
    const contact = await relance.ask('POST', `/api/routing/assignments/${work.assignmentId}/contacts`, {
      channel: 'call',
      outcome: 'NRP',
    });
    expect(contact).toMatchObject({ status: 201, body: { assignment: 'current' } });

    await eventually(async () => {
      const next = (await story(quiet)).owner?.member;
      return next !== undefined && next !== first;
    });
    await eventually(async () => (await story(spoken)).clocks.some(({ state }) => state === 'met'));

    const breaches = (await relance.ask('GET', '/api/sla/breaches?since=2020-01-01T00:00:00Z')).body as {
      items: { leadId: string; latenessMs: number; member: string }[];
    };
    const ofQuiet = breaches.items.filter(({ leadId }) => leadId === quiet);
    expect(ofQuiet.at(-1)).toMatchObject({ member: first });
    expect(ofQuiet.every(({ latenessMs }) => latenessMs >= 0)).toBe(true);
    expect(breaches.items.some(({ leadId }) => leadId === spoken)).toBe(false);
    expect((await story(quiet)).timeline.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['lead.received', 'lead.scored', 'lead.assigned', 'sla.started', 'sla.breached']),
    );
  });
});

describe('a directory', () => {
  it('keeps every acknowledged lead when everything is killed at once, and each gets one owner', async () => {
    const before = await startRelance();
    const acknowledged = await Promise.all(Array.from({ length: 25 }, () => before.submit()));
    for (const { pid } of before.processes()) process.kill(pid, 'SIGKILL');
    await before.signal('SIGKILL');

    const after = await startRelance({ directory: before.directory });
    try {
      for (const lead of acknowledged) {
        await eventually(async () => ((await after.ask('GET', `/api/desk/leads/${lead}`)).body as Story).owner);
        const { items } = (await after.ask('GET', `/api/routing/leads/${lead}/decisions`)).body as {
          items: { chosen: string | null }[];
        };
        expect(items.filter(({ chosen }) => chosen !== null)).toHaveLength(1);
      }
    } finally {
      const from = performance.now();
      const ended = await after.signal('SIGINT');
      expect(ended.code).toBe(0);
      expect(performance.now() - from).toBeLessThan(5_000);
      await removeDirectory(before.directory);
    }
  }, 60_000);

  it('belongs to one copy: a second one says so, ends with a code, and disturbs nothing', async () => {
    const first = await startRelance();
    try {
      await expect(startRelance({ directory: first.directory })).rejects.toThrow(/ended with 1: .*already/is);
      expect((await first.ask('GET', '/health/ready')).status).toBe(200);
    } finally {
      await first.signal('SIGTERM');
      await removeDirectory(first.directory);
    }
  }, 60_000);

  it('is left in time and in order, whoever is still sending', async () => {
    const relance = await startRelance();
    const { hostname, port } = new URL(relance.origin);
    const slow = connect(Number(port), hostname);
    slow.write('POST /in/forms/site HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: 100\r\n\r\n{');
    await relance.submit();

    const told = performance.now();
    const { code } = await relance.signal('SIGTERM');

    expect(code).toBe(0);
    expect(performance.now() - told).toBeLessThan(4_000);
    expect(relance.processes()).toEqual([]);
    slow.destroy();
    await removeDirectory(relance.directory);
  }, 60_000);

  it('survives a start on a taken port, which is told with what to do', async () => {
    const directory = await newDirectory();
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const { port } = squatter.address() as { port: number };
    try {
      await expect(startRelance({ directory, port })).rejects.toThrow(
        new RegExp(`ended with 1: .*Port ${port} .* is taken.*PORT`, 's'),
      );
      const again = await startRelance({ directory });
      expect((await again.signal('SIGTERM')).code).toBe(0);
    } finally {
      await new Promise((resolve) => squatter.close(resolve));
      await removeDirectory(directory);
    }
  }, 60_000);
});

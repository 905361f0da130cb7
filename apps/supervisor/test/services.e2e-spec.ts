import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { signal, startOf } from '@relance/embedded';
import { describePart, eventually } from '@relance/testing';
import { newDirectory, removeDirectory, startInstallation } from './installation-process.js';
import type { Entry, InstallationProcess } from './installation-process.js';

interface Story {
  stage: string;
  owner: { member: string } | null;
  timeline: { type: string }[];
}
interface Items<Item> {
  items: Item[];
}

const stores = ['kafka', 'postgres', 'redis'];
const instances = [
  ...['gateway', 'ingestion', 'scoring', 'scoring-2', 'routing', 'routing-2', 'sla-watchdog', 'nurture', 'desk'],
  ...stores,
];
const patience = { withinMs: 40_000, everyMs: 100 };

const promise = (within: string): object => ({
  key: 'follow-up',
  when: null,
  milestones: [
    {
      key: 'first-follow-up',
      startsOn: 'assigned',
      within,
      clock: 'elapsed',
      metBy: { evidence: 'C' },
      warnAfter: [],
      onBreach: [{ after: 'PT0S', do: 'reassign' }],
    },
  ],
});

const isAlive = ({ pid }: { pid: number }): boolean => startOf(pid) !== null;

describePart('kafka', 'many processes', () => {
  let directory: string;
  let relance: InstallationProcess;

  beforeAll(async () => {
    directory = await newDirectory();
    relance = await startInstallation(directory, { SERVICES_INSTANCES: 'scoring=2,routing=2' });
    await relance.ask('PATCH', '/api/ingestion/sources/site', { settings: { rateLimit: 'none' } });
  }, 120_000);

  afterAll(async () => {
    relance.signal('SIGTERM');
    await relance.ended;
    await removeDirectory(directory);
  }, 20_000);

  const story = async (lead: string): Promise<Story> =>
    (await relance.ask<Story>('GET', `/api/desk/leads/${lead}`)).body;
  const ownerOf = (lead: string): Promise<string> =>
    eventually(async () => (await story(lead)).owner?.member, patience);
  const choicesOf = async (lead: string): Promise<number> => {
    const { body } = await relance.ask<Items<{ chosen: string | null }>>('GET', `/api/routing/leads/${lead}/decisions`);
    return body.items.filter(({ chosen }) => chosen !== null).length;
  };
  const settled = (): Promise<boolean> =>
    eventually(async () => {
      const { body } = await relance.ask<Items<{ lagEvents?: number }>>('GET', '/api/operations/readers');
      return body.items.every(({ lagEvents }) => lagEvents === 0);
    }, patience);
  const killed = async (name: string): Promise<Entry> => {
    const before = relance.process(name);
    signal(before.pid, 'SIGKILL');
    return eventually(() => {
      const now = relance.process(name);
      return now.pid === before.pid ? null : now;
    }, patience);
  };

  it('are each a process of their own, and one origin', async () => {
    const processes = relance.processes();
    expect(processes.map(({ name }) => name).sort()).toEqual(instances.toSorted());
    expect(new Set(processes.map(({ pid }) => pid)).size).toBe(instances.length);
    expect(`http://${relance.process('gateway').address}`).toBe(relance.origin);

    const { body } = await relance.ask<{ paths: object }>('GET', '/api/docs');
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining(['/api/ingestion/sources', '/api/routing/inbox', '/api/sla/clocks', '/api/desk/leads']),
    );
    expect((await fetch(`${relance.origin}/api/operations/readers`)).status).toBe(401);
  });

  it('take a silent lead from the form to its second owner', async () => {
    await relance.ask('PUT', '/api/sla/policies/follow-up', promise('PT2S'));
    const lead = await relance.submit();
    const first = await ownerOf(lead);

    await eventually(async () => {
      const { body } = await relance.ask<Items<{ leadId: string }>>(
        'GET',
        '/api/sla/breaches?since=2020-01-01T00:00:00Z',
      );
      return body.items.some(({ leadId }) => leadId === lead);
    }, patience);
    const second = await eventually(async () => {
      const { owner } = await story(lead);
      return owner === null || owner.member === first ? null : owner.member;
    }, patience);

    expect(second).not.toBe(first);
    await relance.ask('PUT', '/api/sla/policies/follow-up', promise('PT2H'));
  }, 60_000);

  it('share the work of one service, and do it once', async () => {
    const kafka = new Kafka({ brokers: [relance.process('kafka').address], logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    const sharing = await eventually(async () => {
      const { groups } = await admin.listGroups();
      const wanted = groups.filter(({ groupId }) => /^relance\.(scoring|routing)\./.test(groupId));
      const described = await admin.describeGroups(wanted.map(({ groupId }) => groupId));
      const shared = described.groups.filter(({ members }) => members.length === 2);
      return shared.length === 2 ? shared : null;
    }, patience);
    await admin.disconnect();
    expect(
      sharing.flatMap(({ members }) => members.map(({ memberAssignment }) => memberAssignment.length > 0)),
    ).toEqual([true, true, true, true]);

    const leads = await Promise.all(Array.from({ length: 40 }, () => relance.submit()));
    for (const lead of leads) await ownerOf(lead);
    await settled();
    expect(await Promise.all(leads.map(choicesOf))).toEqual(leads.map(() => 1));
  }, 90_000);

  it('come back when they are killed, and lose and double nothing', async () => {
    const leads: string[] = [];
    for (const name of ['scoring', 'routing-2', 'kafka', 'redis']) {
      leads.push(...(await Promise.all(Array.from({ length: 5 }, () => relance.submit()))));
      const { address } = relance.process(name);
      expect((await killed(name)).address).toBe(address);
    }
    leads.push(...(await Promise.all(Array.from({ length: 5 }, () => relance.submit()))));

    for (const lead of leads) await ownerOf(lead);
    await settled();
    expect(await Promise.all(leads.map(choicesOf))).toEqual(leads.map(() => 1));
    const { body } = await relance.ask<Items<object>>('GET', '/api/operations/dead-letters');
    expect(body.items).toEqual([]);
  }, 120_000);

  it('end with a killed supervisor; its next start takes over the stores and says which', async () => {
    const lead = await relance.submit();
    const before = relance.processes();
    const frozen = relance.process('nurture');
    signal(frozen.pid, 'SIGSTOP');
    relance.signal('SIGKILL');
    await relance.ended;
    const services = before.filter(({ name }) => !stores.includes(name) && name !== 'nurture');
    await eventually(() => !services.some(isAlive), { withinMs: 15_000 });
    expect(before.filter(({ name }) => stores.includes(name)).every(isAlive)).toBe(true);

    relance = await startInstallation(directory);

    expect(isAlive(frozen)).toBe(false);
    expect(relance.output()).toContain('ended a process that a killed supervisor left behind');
    for (const name of stores) {
      expect([name, relance.process(name).pid]).toEqual([name, before.find((entry) => entry.name === name)?.pid]);
      expect(relance.output()).toContain(`"pid":${relance.process(name).pid}`);
    }
    expect(await ownerOf(lead)).toBeTruthy();
  }, 120_000);

  it('refuse a second copy on their directory', async () => {
    await expect(startInstallation(directory)).rejects.toThrow(/ended with 1: .*already runs/s);
  });

  it('end in order within five seconds', async () => {
    const before = relance.processes();
    const from = performance.now();
    relance.signal('SIGTERM');
    const { code } = await relance.ended;
    expect(code).toBe(0);
    expect(performance.now() - from).toBeLessThan(5_000);
    expect(before.filter(isAlive)).toEqual([]);
    expect(relance.processes()).toEqual([]);
  }, 20_000);
});

describe('a Postgres that is not there', () => {
  it('is told, with what the set-up said, and nothing is left running', async () => {
    const directory = await newDirectory();
    const started = startInstallation(directory, {
      EVENT_LOG_TRANSPORT: 'postgres',
      JOBS_BACKEND: 'postgres',
      DATABASE_URL: 'postgres://relance@127.0.0.1:1/relance',
    });
    await expect(started).rejects.toThrow(/ended with 1: setup does not start.*ECONNREFUSED/s);
    await removeDirectory(directory);
  }, 60_000);
});

describe('a machine without Java', () => {
  it('is told what is missing and how to get it, and nothing is left running', async () => {
    const directory = await newDirectory();
    const started = startInstallation(directory, { PATH: '/nowhere', XDG_CACHE_HOME: directory });
    await expect(started).rejects.toThrow(/ended with 1: kafka cannot be started.*apt-get install openjdk-17/s);
    await removeDirectory(directory);
  }, 60_000);
});

import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { eventually } from '@relance/testing';
import type { TestApp } from '@relance/testing';
import { SendEscalationJob } from '../src/alerts/send-escalation.job.js';
import { AlertRepository } from '../src/store/alert.repository.js';
import {
  anOwned,
  assigned,
  clockIn,
  contacted,
  holds,
  memberChanged,
  promise,
  putPolicy,
  startWatchdog,
} from './watchdog.js';
import type { Owned } from './watchdog.js';

const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;

interface Heard {
  body: string;
  headers: Record<string, string>;
}

interface ShownAlert {
  id: string;
  kind: string;
  team: string;
  state: string;
  breaches: number;
  unanswered: number;
  silencedAt: string | null;
  escalations: { recipient: string; channel: string; state: string; about: string }[];
}

describe('alerts', () => {
  let app: TestApp;
  let server: Server;
  const heard: Heard[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        heard.push({ body, headers: request.headers as Record<string, string> });
        response.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    app = await startWatchdog({
      SLA_ALERT_WEBHOOK_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
      SLA_ALERT_WEBHOOK_SECRET: secret,
      WEBHOOKS_ALLOW_PRIVATE: '127.0.0.1',
    });
    await app.announce(
      memberChanged('sofia', { role: 'manager', email: 'sofia@north.example' }),
      memberChanged('ops', { role: 'operator', email: 'ops@north.example' }),
      memberChanged('lea', { email: 'lea@north.example' }),
    );
    await app.settled();
  });
  afterAll(async () => {
    await app.close();
    await new Promise((resolve) => server.close(resolve));
  });

  const letters = async (): Promise<string[]> => {
    const outbox = join(app.dataDirectory, 'outbox');
    const names = await readdir(outbox).catch(() => []);
    const files = names.filter((name) => name.endsWith('.eml'));
    return Promise.all(files.map(async (name) => (await readFile(join(outbox, name), 'utf8')).replaceAll('=\r\n', '')));
  };
  const lettersTo = async (address: string, about: string): Promise<string[]> =>
    (await letters()).filter((letter) => letter.includes(`To: ${address}`) && letter.includes(about));
  const alertOf = (team: string, state = 'firing'): Promise<ShownAlert> =>
    eventually(async () => {
      const { json } = await app.call('GET', `/api/sla/alerts?state=${state}`);
      return (json as { items: ShownAlert[] }).items.find((alert) => alert.team === team);
    });
  async function broken(team: string, count = 1, milestone: object = {}): Promise<Owned[]> {
    await putPolicy(app, promise({ within: 'PT0.2S', ...milestone }));
    const leads = Array.from({ length: count }, anOwned);
    await app.announce(...leads.map((lead) => assigned(lead, { team: team as never })));
    for (const lead of leads.slice(-1)) await clockIn(app, lead.leadId, 'breached');
    return leads;
  }

  it('tell the owner and the manager by letter, and others by a signed webhook', async () => {
    const [lead] = await broken('alpha');
    const leadId = lead?.leadId ?? '';
    const [toOwner] = await eventually(async () => nonEmpty(await lettersTo('lea@north.example', leadId)));
    const [toManager] = await eventually(async () => nonEmpty(await lettersTo('sofia@north.example', leadId)));
    for (const letter of [toOwner, toManager]) {
      expect(letter).toContain(`${app.origin}/leads/${leadId}`);
      expect(letter).toContain('Promise broken: first-follow-up, team alpha (1 lead)');
      expect(letter).toMatch(/owner lea; due .* late/);
    }
    expect(await lettersTo('ops@north.example', leadId)).toEqual([]);

    const call = await eventually(() => heard.find(({ body }) => body.includes(leadId)));
    const told = new Webhook(secret).verify(call.body, call.headers);
    expect(told).toMatchObject({
      type: 'sla.alert.firing',
      data: { kind: 'first-follow-up', team: 'alpha', breaches: [{ leadId, member: 'lea' }] },
    });
  });

  it('of a storm are one, with one letter to each', async () => {
    const leads = await broken('storm', 120);
    await holds(async () => {
      const alert = await alertOf('storm');
      expect([alert.breaches, alert.unanswered]).toEqual([120, 120]);
      const states = alert.escalations.map(({ recipient, channel, state }) => [recipient, channel, state]).sort();
      expect(states).toEqual([
        ['lea', 'email', 'sent'],
        ['sofia', 'email', 'sent'],
        ['webhook', 'webhook', 'sent'],
      ]);
    });
    expect(await lettersTo('lea@north.example', 'team storm')).toHaveLength(1);
    expect(leads).toHaveLength(120);
  });

  it('are over when the last breach is answered', async () => {
    const leads = await broken('over', 2);
    const firing = await alertOf('over');
    expect(firing).toMatchObject({ state: 'firing', unanswered: 2 });
    const [first, last] = leads as [Owned, Owned];
    await app.announce(contacted(first));
    await holds(async () => expect(await alertOf('over')).toMatchObject({ unanswered: 1 }));
    await app.announce(contacted(last));
    expect(await alertOf('over', 'resolved')).toMatchObject({ id: firing.id, unanswered: 0, breaches: 2 });
  });

  it('tell whoever was told that a breach was none', async () => {
    const [lead] = await broken('sorry', 1, { within: 'PT1S' });
    const leadId = lead?.leadId ?? '';
    await eventually(async () => nonEmpty(await lettersTo('lea@north.example', leadId)));
    const clock = await clockIn(app, leadId, 'breached');
    await app.announce(contacted(lead as Owned, { at: new Date(Date.parse(clock.startedAt) + 1).toISOString() }));
    await clockIn(app, leadId, 'withdrawn');
    const [letter] = await eventually(async () =>
      nonEmpty(await lettersTo('lea@north.example', 'Promise kept after all')),
    );
    expect(letter).toContain(leadId);
    expect(await alertOf('sorry', 'resolved')).toMatchObject({ unanswered: 0 });
  });

  it('tell no more once somebody is on it, and again after a silence that another breach ends', async () => {
    await broken('quiet');
    const { id } = await alertOf('quiet');
    const act = async (verb: string): Promise<ShownAlert> => {
      const answer = await app.call('POST', `/api/sla/alerts/${id}/${verb}`);
      expect(answer.status).toBe(200);
      return answer.json as ShownAlert;
    };
    expect((await act('silence')).silencedAt).not.toBeNull();
    await broken('quiet');
    await holds(async () => expect(await alertOf('quiet')).toMatchObject({ breaches: 2, silencedAt: null }));

    expect(await act('ack')).toMatchObject({ ackedBy: 'administrator' });
    const before = await alertOf('quiet');
    await app.db.query(`update sla.escalation set created_at = created_at - interval '2 minutes' where alert_id = $1`, [
      id,
    ]);
    await broken('quiet');
    await holds(async () => expect(await alertOf('quiet')).toMatchObject({ breaches: 3 }));
    await expect(app.db.transaction((tx) => app.app.get(AlertRepository).post(tx))).resolves.toEqual([]);
    expect((await alertOf('quiet')).escalations).toHaveLength(before.escalations.length);
    expect(await act('resolve')).toMatchObject({ state: 'resolved', resolvedBy: 'administrator' });
    expect((await app.call('POST', '/api/sla/alerts/00000000-0000-4000-8000-000000000000/ack')).status).toBe(404);
  });

  it('gather what joins later into one letter a minute', async () => {
    await broken('digest');
    const { id } = await alertOf('digest');
    await holds(async () => expect(await lettersTo('sofia@north.example', 'team digest')).toHaveLength(1));
    await broken('digest', 3);
    await holds(async () => expect(await alertOf('digest')).toMatchObject({ breaches: 4 }));
    await expect(app.db.transaction((tx) => app.app.get(AlertRepository).post(tx))).resolves.toEqual([]);
    expect((await alertOf('digest')).escalations).toHaveLength(3);
    expect(await lettersTo('sofia@north.example', 'team digest')).toHaveLength(1);
    await app.db.query(`update sla.escalation set created_at = created_at - interval '1 minute' where alert_id = $1`, [
      id,
    ]);
    await holds(async () => {
      const [digest] = await lettersTo('sofia@north.example', 'team digest (3 leads)');
      expect(digest).toBeDefined();
    });
  });

  it('send a letter again after a crash with the same Message-ID, and never after it was noted as sent', async () => {
    const [lead] = await broken('twice');
    const leadId = lead?.leadId ?? '';
    await eventually(async () => nonEmpty(await lettersTo('lea@north.example', leadId)));
    await holds(async () => {
      const states = (await alertOf('twice')).escalations.map(({ state }) => state);
      expect(states).toEqual(['sent', 'sent', 'sent']);
    });
    const [row] = await app.db.query<{ id: string }>(
      `select id from sla.escalation where alert_id = $1 and recipient = 'lea'`,
      [(await alertOf('twice')).id],
    );
    const job = app.app.get(SendEscalationJob);
    await job.send(row?.id ?? '');
    await app.db.query(`update sla.escalation set state = 'pending' where id = $1`, [row?.id ?? '']);
    await job.send(row?.id ?? '');
    // The outbox holds one file for each Message-ID.
    const [letter, ...others] = await lettersTo('lea@north.example', leadId);
    expect(/^Message-ID: (.*)$/im.exec(letter ?? '')?.[1]).toContain(row?.id);
    expect(others).toEqual([]);
  });
});

function nonEmpty<Item>(items: Item[]): Item[] | null {
  return items.length > 0 ? items : null;
}

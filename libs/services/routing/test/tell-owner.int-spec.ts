import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LeadTold } from '@relance/events';
import { eventually } from '@relance/testing';
import { SMTPServer } from 'smtp-server';
import { assignedLead, crew, routingApp } from './routing-app.js';
import type { RoutingApp } from './routing-app.js';

describe('telling owners by e-mail', () => {
  let app: RoutingApp;
  let mail: SMTPServer;
  const letters: string[] = [];
  let refuses = false;

  beforeAll(async () => {
    mail = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onRcptTo: (_address, _session, done) =>
        done(refuses ? Object.assign(new Error('5.1.1 no such box'), { responseCode: 550 }) : null),
      onData: (stream, _session, done) => {
        let text = '';
        stream.setEncoding('utf8');
        stream.on('data', (chunk: string) => (text += chunk));
        stream.on('end', () => {
          letters.push(text);
          done();
        });
      },
    });
    const port = await freePort();
    await new Promise<void>((resolve) => mail.listen(port, '127.0.0.1', () => resolve()));
    app = await routingApp({ SMTP_URL: `smtp://127.0.0.1:${port}` });
  });
  afterAll(async () => {
    await app.close();
    await new Promise<void>((resolve) => mail.close(() => resolve()));
  });

  it('sends one letter with whom to call, and says so', async () => {
    await crew(app, { reps: 1 });
    const owned = await assignedLead(app);
    const [told] = await eventually(async () => {
      const said = await app.said(owned.leadId, LeadTold);
      return said.length > 0 ? said : null;
    });
    expect(told?.data).toMatchObject({
      assignmentId: owned.assignmentId,
      member: owned.member,
      channel: 'email',
      receipt: 'sent',
    });
    const ours = letters.filter((letter) => letter.includes(owned.assignmentId));
    expect(ours).toHaveLength(1);
    expect(ours[0]).toContain(`To: ${owned.member}@example.org`);
    expect(ours[0]).toContain('Engines');
  });

  it('says that a letter was refused for good', async () => {
    await crew(app, { reps: 1 });
    refuses = true;
    const owned = await assignedLead(app);
    const [told] = await eventually(async () => {
      const said = await app.said(owned.leadId, LeadTold);
      return said.length > 0 ? said : null;
    });
    expect(told?.data).toMatchObject({ receipt: 'failed', reason: 'notify.mail-refused' });
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

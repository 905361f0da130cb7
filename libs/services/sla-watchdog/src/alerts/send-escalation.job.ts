import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { Installation } from '@relance/bootstrap';
import type { ConfigOf } from '@relance/config';
import { Jobs } from '@relance/jobs';
import { Mailer, Webhooks } from '@relance/notify';
import { writeLetter } from '../decide/write-letter.js';
import { slaWatchdogConfig } from '../sla-watchdog.config.js';
import { AlertRepository } from '../store/alert.repository.js';
import type { Escalation } from '../store/alert.repository.js';

/** The queue of messages; a job is an escalation's id. */
export const sendEscalations = 'sla.escalation';

const attempts = 8;
const backoffMs = 2_000;

/**
 * Sends one message about an alert.
 *
 * A crash between sending and noting it sends it again with the same Message-ID or webhook id, by which whoever gets
 * it tells a repeat.
 */
@Injectable()
export class SendEscalationJob implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: Jobs,
    private readonly alerts: AlertRepository,
    private readonly mailer: Mailer,
    private readonly webhooks: Webhooks,
    private readonly installation: Installation,
    @Inject(slaWatchdogConfig.token) private readonly config: ConfigOf<typeof slaWatchdogConfig>,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.work(sendEscalations, ({ id }) => this.send(id), {
      attempts,
      backoffMs,
      concurrency: 4,
      onGaveUp: ({ id }) => this.alerts.settle(id, 'failed', 'given up after several attempts'),
    });
  }

  async send(id: string): Promise<void> {
    const escalation = await this.alerts.escalation(id);
    if (escalation?.state !== 'pending') return;
    if (escalation.channel === 'webhook') await this.sendWebhook(escalation);
    else await this.sendLetter(escalation);
  }

  private async sendLetter(escalation: Escalation): Promise<void> {
    if (escalation.email === null) {
      await this.alerts.settle(escalation.id, 'failed', 'nobody active to write to');
      return;
    }
    const lines = await this.alerts.lines(escalation.id);
    const letter = writeLetter({ milestone: escalation.kind, team: escalation.team }, lines, {
      publicUrl: this.installation.publicUrl,
      timeZone: escalation.timeZone ?? 'UTC',
      toldAt: escalation.createdAt,
    });
    await this.mailer.send({ messageId: `<${escalation.id}@relance>`, to: escalation.email, ...letter });
    await this.alerts.settle(escalation.id, 'sent', 'handed to the mail server');
  }

  private async sendWebhook(escalation: Escalation): Promise<void> {
    const { SLA_ALERT_WEBHOOK_URL: url, SLA_ALERT_WEBHOOK_SECRET: secret } = this.config;
    if (url === undefined || secret === undefined) {
      await this.alerts.settle(escalation.id, 'failed', 'no webhook is set up, or it has no secret');
      return;
    }
    const lines = await this.alerts.lines(escalation.id);
    await this.webhooks.send({
      url,
      secret,
      id: escalation.id,
      type: escalation.about === 'breach' ? 'sla.alert.firing' : 'sla.alert.withdrawn',
      data: {
        alertId: escalation.alertId,
        kind: escalation.kind,
        team: escalation.team,
        breaches: lines.map((line) => ({
          leadId: line.leadId,
          url: `${this.installation.publicUrl}/leads/${line.leadId}`,
          milestone: line.milestone,
          member: line.owner,
          dueAt: line.dueAt.toISOString(),
          breachedAt: line.breachedAt.toISOString(),
          answeredAt: line.answeredAt?.toISOString() ?? null,
        })),
      },
    });
    await this.alerts.settle(escalation.id, 'sent', 'accepted by the webhook');
  }
}

import { Inject, Injectable } from '@nestjs/common';
import type { ConfigOf } from '@relance/config';
import type { ClockId } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import type { Audience } from '../decide/policy.js';
import { findRecipients } from '../decide/find-recipients.js';
import type { Colleague } from '../decide/find-recipients.js';
import { slaWatchdogConfig } from '../sla-watchdog.config.js';
import { AlertRepository } from '../store/alert.repository.js';
import type { Recipient } from '../store/alert.repository.js';
import type { MovedStep } from '../store/fire.repository.js';
import { AlertPost } from './alert-post.js';

/** Notes, in the transaction that breaks or clears a promise, who is to be told. */
@Injectable()
export class AlertBook {
  constructor(
    private readonly alerts: AlertRepository,
    private readonly post: AlertPost,
    @Inject(slaWatchdogConfig.token) private readonly config: ConfigOf<typeof slaWatchdogConfig>,
  ) {}

  /** Raises alerts for steps that ask for one. */
  async raise(tx: Tx, moved: readonly MovedStep[]): Promise<void> {
    const telling = moved
      .map((step) => ({ step, audiences: audiencesOf(step) }))
      .filter(({ audiences }) => audiences.length > 0);
    if (telling.length === 0) return;
    const colleagues = await this.alerts.colleagues(tx);
    await this.alerts.raise(
      tx,
      telling.map(({ step, audiences }) => ({
        clockId: step.id,
        step: step.step,
        isNew: step.kind === 'breach',
        milestone: step.milestone,
        team: step.team,
        at: step.firedAt,
        recipients: this.recipientsOf(step, audiences, colleagues),
      })),
    );
    tx.afterCommit(() => this.post.nudge());
  }

  /** Whoever was told of these breaches is told that they are none. */
  async withdraw(tx: Tx, clockIds: readonly ClockId[]): Promise<void> {
    await this.alerts.withdraw(tx, clockIds);
  }

  /** Breaches were answered, withdrawn or made void: alerts may be over. Call it once that is committed. */
  cleared(): void {
    this.post.nudge();
  }

  private recipientsOf(step: MovedStep, audiences: readonly Audience[], colleagues: readonly Colleague[]): Recipient[] {
    const people = findRecipients(step, audiences, colleagues);
    return [
      ...people.map((recipient) => ({ recipient, channel: 'email' }) as const),
      ...(this.config.SLA_ALERT_WEBHOOK_URL === undefined
        ? []
        : [{ recipient: 'webhook', channel: 'webhook' } as const]),
    ];
  }
}

function audiencesOf(step: MovedStep): Audience[] {
  return [...new Set(step.actions.flatMap((action) => (action.do === 'alert' ? action.to : [])))];
}

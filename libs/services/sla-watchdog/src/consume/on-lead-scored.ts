import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Consume } from '@relance/event-log';
import { LeadScored } from '@relance/events';
import type { Envelope } from '@relance/events';
import { traitsOf } from '@relance/lead';
import type { Tx } from '@relance/postgres';
import { ClockBook } from '../clocks/clock-book.js';
import { occasionOf } from '../clocks/occasion-of.js';
import { findPolicy } from '../decide/compile-policy.js';
import { promiseFacts, startClocks } from '../decide/start-clocks.js';
import { LeadRepository } from '../store/lead.repository.js';
import { PolicyRepository } from '../store/policy.repository.js';

/** A qualified lead is promised something from its submission on. Its score may decide what. A test is promised nothing. */
@Controller()
export class OnLeadScored {
  constructor(
    private readonly policies: PolicyRepository,
    private readonly leads: LeadRepository,
    private readonly book: ClockBook,
  ) {}

  @Consume('sla-watchdog', LeadScored)
  async handle(@Payload() events: readonly Envelope<LeadScored>[], @Ctx() tx: Tx): Promise<void> {
    const qualified = events.filter(({ data }) => data.verdict === 'qualified' && !data.test);
    if (qualified.length === 0) return;
    await this.leads.keepScores(
      tx,
      qualified.map(({ data, recordedat }) => ({ ...data, scoredAt: new Date(recordedat) })),
    );

    const policies = await this.policies.inForce(tx);
    const starting = qualified.flatMap((event) => {
      const { data } = event;
      const policy = findPolicy(policies, promiseFacts(traitsOf(data.facts), data));
      if (policy === null || data.submissionId === undefined) return [];
      const occasion = occasionOf('qualified', event, { submissionId: data.submissionId });
      return startClocks(policy, occasion).map((clock) => ({ clock, cause: event }));
    });
    await this.book.start(tx, starting);
  }
}
